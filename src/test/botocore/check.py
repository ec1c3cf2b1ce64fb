"""Checks calls of AWS services against the official service models, as botocore has them.

Reads one call a line: {"service", "operation", "request", "status", "error", "answer"}. Prints what does not fit, a line each, and
ends with 1; otherwise prints how many calls were checked. Timestamps are numbers, as JSON protocols send them.
"""
import json
import re
import sys

import botocore.loaders
import botocore.model

# What the API reference has and older models do not.
# https://docs.aws.amazon.com/appflow/1.0/APIReference/API_StartFlow.html, API_ExecutionRecord.html,
# API_CancelFlowExecutions.html
LATER_OPERATIONS = {"CancelFlowExecutions"}
LATER_MEMBERS = {("StartFlowRequest", "clientToken"), ("ExecutionResult", "maxPageSize")}
LATER_VALUES = {("ExecutionStatus", "CancelStarted"), ("ExecutionStatus", "Canceled")}

# Errors of any operation, which models list for few of them.
# https://docs.aws.amazon.com/appflow/1.0/APIReference/CommonErrors.html
COMMON_ERRORS = {
    "AccessDeniedException", "IncompleteSignatureException", "InternalServerException", "InternalServiceError",
    "InvalidSignatureException", "MissingAuthenticationTokenException", "ThrottlingException",
    "UnrecognizedClientException", "ValidationException",
}
NUMBERS = {"integer", "long", "float", "double", "timestamp"}


def check(shape, value, at, found):
    kind = shape.type_name
    if kind == "structure":
        if not isinstance(value, dict):
            found.append(f"{at}: must be an object")
            return
        for name in shape.required_members:
            if name not in value:
                found.append(f"{at}: {name} is missing")
        for name, member in value.items():
            if name in shape.members:
                check(shape.members[name], member, f"{at}.{name}", found)
            elif (shape.name, name) not in LATER_MEMBERS:
                found.append(f"{at}: {shape.name} has no member {name}")
    elif kind == "list":
        if not isinstance(value, list):
            found.append(f"{at}: must be a list")
            return
        limits(shape, len(value), at, found)
        for i, each in enumerate(value):
            check(shape.member, each, f"{at}[{i}]", found)
    elif kind == "map":
        if not isinstance(value, dict):
            found.append(f"{at}: must be an object")
            return
        for name, each in value.items():
            check(shape.key, name, f"{at} key", found)
            check(shape.value, each, f"{at}.{name}", found)
    elif kind in NUMBERS:
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            found.append(f"{at}: must be a number, not {value!r}")
        elif kind in ("integer", "long"):
            if not isinstance(value, int):
                found.append(f"{at}: must be whole, not {value!r}")
            limits(shape, value, at, found)
    elif kind == "boolean":
        if not isinstance(value, bool):
            found.append(f"{at}: must be true or false, not {value!r}")
    elif not isinstance(value, str):
        found.append(f"{at}: must be a text, not {value!r}")
    elif kind == "string":
        limits(shape, len(value), at, found)
        if shape.enum and value not in shape.enum and (shape.name, value) not in LATER_VALUES:
            found.append(f"{at}: {shape.name} has no value {value!r}")
        pattern = shape.metadata.get("pattern")
        if pattern and not re.fullmatch(pattern, value):
            found.append(f"{at}: {value!r} is not of the form {pattern}")


def limits(shape, size, at, found):
    if "min" in shape.metadata and size < shape.metadata["min"]:
        found.append(f"{at}: below {shape.metadata['min']}")
    if "max" in shape.metadata and size > shape.metadata["max"]:
        found.append(f"{at}: above {shape.metadata['max']}")


def check_call(model, call, at, found):
    name = call["operation"]
    if name not in model.operation_names:
        if name not in LATER_OPERATIONS:
            found.append(f"{at}: there is no such operation")
        return False
    operation = model.operation_model(name)
    if call["status"] != 400 or call["error"] != "ValidationException":
        check(operation.input_shape, call["request"], f"{at} request", found)
    if call["status"] == 200:
        check(operation.output_shape, call["answer"], f"{at} answer", found)
        return True
    error = call["error"]
    if error not in COMMON_ERRORS | {shape.name for shape in operation.error_shapes}:
        found.append(f"{at}: {error} is not among its errors")
    if error in model.shape_names:
        shape = model.shape_for(error)
        status = shape.metadata.get("error", {}).get("httpStatusCode", 400)
        if status != call["status"]:
            found.append(f"{at}: {error} has the status {status}, not {call['status']}")
        check(shape, call["answer"], f"{at} error", found)
    return True


def main():
    loader = botocore.loaders.Loader()
    models, found, checked, later = {}, [], 0, 0
    for number, line in enumerate(sys.stdin, 1):
        call = json.loads(line)
        service = call["service"]
        if service not in models:
            models[service] = botocore.model.ServiceModel(loader.load_service_model(service, "service-2"), service)
        if check_call(models[service], call, f"{number} {call['operation']}", found):
            checked += 1
        else:
            later += 1
    for each in found:
        print(each)
    print(f"{checked} calls checked, {later} of operations that these models do not have")
    sys.exit(1 if found else 0)


main()
