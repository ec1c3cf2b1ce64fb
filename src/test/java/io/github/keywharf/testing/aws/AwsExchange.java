package io.github.keywharf.testing.aws;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * A call that a fake answered, for the check against the official models.
 *
 * @param service as the models call it: {@code appflow}
 * @param operation such as {@code StartFlow}
 * @param request the JSON that was sent
 * @param status of the answer
 * @param error the type of an error, or empty
 * @param answer the JSON that was answered
 */
public record AwsExchange(
        String service, String operation, JsonNode request, int status, String error, JsonNode answer) {}
