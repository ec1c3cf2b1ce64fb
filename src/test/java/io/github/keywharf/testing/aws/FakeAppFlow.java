package io.github.keywharf.testing.aws;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.keywharf.http.HttpRequest;
import io.github.keywharf.http.HttpResponse;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

/**
 * AppFlow with the flows that a test defines: starts, lists and cancels runs, which advance when the test says so, and refuses
 * what the service refuses. Each rule names its page below https://docs.aws.amazon.com/appflow/1.0/APIReference/.
 * docs/reference/fake-appflow.md says what it does not prove. Thread-safe.
 */
public final class FakeAppFlow extends FakeAwsService {
    /** The region that requests must be signed for. */
    public static final String REGION = "eu-west-1";

    private static final Pattern FLOW_NAME = Pattern.compile("[a-zA-Z0-9][\\w!@#.-]{1,255}");
    private static final Pattern TOKEN = Pattern.compile("[ -~]{1,256}");

    /** "API_DescribeFlowExecutionRecords", "API_ListFlows": the default, and the most. */
    private static final int DEFAULT_PAGE = 20;

    private static final int MAX_PAGE = 100;

    /** The most ids of a cancellation ("API_CancelFlowExecutions"). */
    private static final int MAX_IDS = 100;

    private static final Map<String, String> OPERATIONS = Map.of(
            "/start-flow",
            "StartFlow",
            "/describe-flow",
            "DescribeFlow",
            "/describe-flow-execution-records",
            "DescribeFlowExecutionRecords",
            "/list-flows",
            "ListFlows",
            "/cancel-flow-executions",
            "CancelFlowExecutions");

    private static final class Flow {
        final ObjectNode description;
        final List<FakeRun> runs = new ArrayList<>();
        int hiddenLists;
        int hiddenRuns;

        Flow(ObjectNode description) {
            this.description = description;
        }

        boolean isOnDemand() {
            return description
                    .path("triggerConfig")
                    .path("triggerType")
                    .asText()
                    .equals("OnDemand");
        }
    }

    private record Token(String flow, ObjectNode answer) {}

    private final Map<String, Flow> flows = new TreeMap<>();
    private final Map<String, Token> tokens = new HashMap<>();
    private int started;
    private int hideLists;
    private int pageSize = MAX_PAGE;
    private boolean oldestFirst;

    /** A service by the system's clock, with the keys of {@link AwsKeys}. */
    public FakeAppFlow() {
        this(new AwsKeys(), InstantSource.system());
    }

    /** A service by that clock, which signatures follow too. */
    public FakeAppFlow(AwsKeys keys, InstantSource clock) {
        super("appflow", REGION, "message", keys, clock);
    }

    // ---- flows and runs, without a call

    /**
     * Defines a flow from Contact of Salesforce to {@code s3://crm-flows/contact}, as Parquet with types, in a folder for each run.
     *
     * @param trigger {@code OnDemand}, {@code Scheduled} or {@code Event}
     */
    public FakeAppFlow define(String name, String trigger) {
        return define(name, trigger, description -> {});
    }

    /** Defines a flow as {@link #define(String, String)}, and changes what {@code DescribeFlow} answers. */
    public synchronized FakeAppFlow define(String name, String trigger, Consumer<ObjectNode> change) {
        ObjectNode flow = object().put("flowArn", arn(name))
                .put("flowName", name)
                .put("flowStatus", trigger.equals("OnDemand") ? "Active" : "Suspended")
                .put("createdAt", FakeRun.seconds(clock.instant()));
        ObjectNode source = flow.putObject("sourceFlowConfig").put("connectorType", "Salesforce");
        source.putObject("sourceConnectorProperties")
                .putObject("Salesforce")
                .put("object", "Contact")
                .put("dataTransferApi", "BULKV2");
        ObjectNode destination =
                flow.putArray("destinationFlowConfigList").addObject().put("connectorType", "S3");
        ObjectNode format = destination
                .putObject("destinationConnectorProperties")
                .putObject("S3")
                .put("bucketName", "crm-flows")
                .put("bucketPrefix", "contact")
                .putObject("s3OutputFormatConfig")
                .put("fileType", "PARQUET")
                .put("preserveSourceDataTyping", true);
        format.putObject("prefixConfig").putArray("pathPrefixHierarchy").add("EXECUTION_ID");
        format.putObject("aggregationConfig").put("aggregationType", "None");
        ObjectNode triggers = flow.putObject("triggerConfig").put("triggerType", trigger);
        if (trigger.equals("Scheduled")) {
            triggers.putObject("triggerProperties")
                    .putObject("Scheduled")
                    .put("scheduleExpression", "rate(1days)")
                    .put("dataPullMode", "Incremental");
        }
        change.accept(flow);
        flows.put(name, new Flow(flow));
        return this;
    }

    /** Adds a run to a flow's history. */
    public synchronized FakeAppFlow add(String flow, FakeRun run) {
        existing(flow).runs.add(run);
        return this;
    }

    /** Changes a run, as the service does meanwhile. */
    public synchronized void advance(String executionId, UnaryOperator<FakeRun> change) {
        for (Flow flow : flows.values()) {
            flow.runs.replaceAll(
                    run -> run.id().equals(executionId) ? change.apply(run).updatedAt(clock.instant()) : run);
        }
    }

    /** Ends a run as successful, with that many records. */
    public void finish(String executionId, long records) {
        advance(executionId, run -> run.with("Successful", records, 0, ""));
    }

    /** The runs of a flow, the first one first. */
    public synchronized List<FakeRun> runs(String flow) {
        return List.copyOf(existing(flow).runs);
    }

    // ---- how it answers

    /** Forgets all client tokens, as the service does after 8 hours ("API_StartFlow"). */
    public synchronized void forgetTokens() {
        tokens.clear();
    }

    /** A run that starts from now on is missing from that many lists of runs (https://github.com/boto/boto3/issues/4549). */
    public synchronized FakeAppFlow hideNewRuns(int lists) {
        hideLists = lists;
        return this;
    }

    /** The most entries of a page, whatever is asked for: a page may have fewer entries than asked for. */
    public synchronized FakeAppFlow pageSize(int most) {
        pageSize = most;
        return this;
    }

    /** Lists the oldest run first; the newest is first unless set. The order is not documented. */
    public synchronized FakeAppFlow oldestFirst(boolean on) {
        oldestFirst = on;
        return this;
    }

    // ---- answers

    @Override
    String operation(HttpRequest request) {
        String operation = OPERATIONS.get(request.path());
        if (operation == null || !request.method().equals("POST")) {
            throw new AwsRefusal(404, "UnknownOperationException", "");
        }
        return operation;
    }

    @Override
    ObjectNode answer(String operation, JsonNode request) {
        return switch (operation) {
            case "StartFlow" -> start(request);
            case "DescribeFlow" -> flow(request).description;
            case "DescribeFlowExecutionRecords" -> records(request);
            case "CancelFlowExecutions" -> cancel(request);
            default -> list(request);
        };
    }

    /** "API_StartFlow": tokens have 1 to 256 printable characters, and answer the same until they are forgotten. */
    private ObjectNode start(JsonNode request) {
        String token = request.path("clientToken").asText(null);
        if (token != null && !TOKEN.matcher(token).matches()) {
            throw invalid("clientToken");
        }
        Flow flow = flow(request);
        String name = request.path("flowName").asText();
        Token known = token == null ? null : tokens.get(token);
        if (known != null) {
            if (known.flow.equals(name)) {
                return known.answer;
            }
            if (!flow.isOnDemand()) {
                throw new AwsRefusal(409, "ConflictException", "The clientToken was used with other parameters");
            }
        }
        ObjectNode answer = object().put("flowArn", arn(name));
        if (flow.isOnDemand()) {
            // Which error a second run gets is not documented; ConflictException is the one of StartFlow that fits.
            if (flow.runs.stream().anyMatch(run -> run.status().equals("InProgress"))) {
                throw new AwsRefusal(409, "ConflictException", "The flow " + name + " has a run in progress");
            }
            String id = String.format(Locale.ROOT, "00000000-0000-4000-8000-%012d", ++started);
            flow.runs.add(FakeRun.of(id, "InProgress", clock.instant()));
            flow.hiddenLists = hideLists;
            flow.hiddenRuns = hideLists > 0 ? 1 : 0;
            answer.put("flowStatus", "Active").put("executionId", id);
        } else {
            flow.description.put("flowStatus", "Active");
            answer.put("flowStatus", "Active");
        }
        if (token != null) {
            tokens.put(token, new Token(name, answer));
        }
        return answer;
    }

    /** "API_DescribeFlowExecutionRecords". */
    private ObjectNode records(JsonNode request) {
        Flow flow = flow(request);
        List<FakeRun> runs = new ArrayList<>(flow.runs);
        if (flow.hiddenLists > 0) {
            flow.hiddenLists--;
            runs = new ArrayList<>(runs.subList(0, runs.size() - flow.hiddenRuns));
        }
        if (!oldestFirst) {
            Collections.reverse(runs);
        }
        return page(request, "flowExecutions", runs.stream().map(FakeRun::json).toList());
    }

    /** "API_ListFlows". */
    private ObjectNode list(JsonNode request) {
        return page(
                request,
                "flows",
                flows.values().stream().map(FakeAppFlow::definition).toList());
    }

    /** "API_FlowDefinition". */
    private static ObjectNode definition(Flow flow) {
        ObjectNode definition = object();
        for (String member : List.of("flowArn", "flowName", "flowStatus", "createdAt")) {
            definition.set(member, flow.description.get(member));
        }
        definition
                .put(
                        "sourceConnectorType",
                        flow.description.at("/sourceFlowConfig/connectorType").asText())
                .put(
                        "destinationConnectorType",
                        flow.description
                                .at("/destinationFlowConfigList/0/connectorType")
                                .asText())
                .put(
                        "triggerType",
                        flow.description.at("/triggerConfig/triggerType").asText());
        if (!flow.runs.isEmpty()) {
            FakeRun last = flow.runs.get(flow.runs.size() - 1);
            definition
                    .putObject("lastRunExecutionDetails")
                    .put("mostRecentExecutionStatus", last.status())
                    .put(
                            "mostRecentExecutionTime",
                            FakeRun.seconds(last.started() == null ? last.updated() : last.started()));
        }
        return definition;
    }

    /** maxResults is 1 to 100, 20 unless given; nextToken is what the page before gave. */
    private ObjectNode page(JsonNode request, String member, List<ObjectNode> entries) {
        int most = request.path("maxResults").asInt(DEFAULT_PAGE);
        if (most < 1 || most > MAX_PAGE) {
            throw invalid("maxResults");
        }
        int from = 0;
        if (request.hasNonNull("nextToken")) {
            String token = request.path("nextToken").asText();
            if (!token.matches(member + "\\.[0-9]{1,9}")) {
                throw invalid("nextToken");
            }
            from = Integer.parseInt(token.substring(member.length() + 1));
        }
        int to = Math.min(entries.size(), from + Math.min(most, pageSize));
        ObjectNode answer = object();
        answer.putArray(member).addAll(entries.subList(Math.min(from, to), to));
        return to < entries.size() ? answer.put("nextToken", member + "." + to) : answer;
    }

    /** "API_CancelFlowExecutions": without ids it cancels all that run; those that do not run are invalid. */
    private ObjectNode cancel(JsonNode request) {
        Flow flow = flow(request);
        JsonNode ids = request.path("executionIds");
        if (ids.size() > MAX_IDS) {
            throw invalid("executionIds");
        }
        List<String> running = flow.runs.stream()
                .filter(run -> run.status().equals("InProgress"))
                .map(FakeRun::id)
                .toList();
        List<String> wanted = new ArrayList<>();
        ids.forEach(id -> wanted.add(id.asText()));
        ObjectNode answer = object();
        ArrayNode invalid = object().arrayNode();
        for (String id : wanted.isEmpty() ? running : wanted) {
            if (running.contains(id)) {
                advance(id, run -> run.with("CancelStarted", run.records(), 0, ""));
            } else {
                invalid.add(id);
            }
        }
        return invalid.isEmpty() ? answer : answer.set("invalidExecutions", invalid);
    }

    /** Names have a letter or a digit and 1 to 255 more characters; an unknown one is not found ("CommonErrors"). */
    private Flow flow(JsonNode request) {
        String name = request.path("flowName").asText("");
        if (!FLOW_NAME.matcher(name).matches()) {
            throw invalid("flowName");
        }
        Flow flow = flows.get(name);
        if (flow == null) {
            throw new AwsRefusal(404, "ResourceNotFoundException", "The flow " + name + " was not found");
        }
        return flow;
    }

    private Flow existing(String name) {
        Flow flow = flows.get(name);
        if (flow == null) {
            throw new NoSuchElementException(name);
        }
        return flow;
    }

    private static AwsRefusal invalid(String member) {
        return new AwsRefusal(400, "ValidationException", "Value at '" + member + "' failed to satisfy constraint");
    }

    private static String arn(String name) {
        return "arn:aws:appflow:" + REGION + ":000000000000:flow/" + name;
    }

    /** Errors of REST with JSON have their type in a header. */
    @Override
    HttpResponse response(int status, String error, ObjectNode body) {
        HttpResponse response = HttpResponse.of(status)
                .withHeader("Content-Type", "application/json")
                .withBody(body(body));
        return error.isEmpty() ? response : response.withHeader("x-amzn-ErrorType", error);
    }

    @Override
    public String toString() {
        return "FakeAppFlow[" + flows.keySet() + "]";
    }
}
