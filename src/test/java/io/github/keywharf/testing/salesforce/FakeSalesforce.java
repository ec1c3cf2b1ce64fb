package io.github.keywharf.testing.salesforce;

import com.fasterxml.jackson.databind.node.ArrayNode;
import io.github.keywharf.KeywharfException;
import io.github.keywharf.http.HttpBody;
import io.github.keywharf.http.HttpHandler;
import io.github.keywharf.http.HttpRequest;
import io.github.keywharf.http.HttpResponse;
import io.github.keywharf.testing.DroppedConnection;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.security.PublicKey;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPOutputStream;

/**
 * An org that answers Salesforce's REST and Bulk 2.0 API: it keeps records, tokens, cursors and jobs, refuses what the service
 * refuses, counts calls and fails where it is asked to. Thread-safe.
 *
 * <pre>{@code
 * FakeSalesforce fake = new FakeSalesforce().pageSize(2);
 * fake.insert("Contact", Map.of("LastName", "Lovelace"));
 * HttpResponse page = fake.handle(HttpRequest.get(fake.uri("query?q=SELECT+Id+FROM+Contact"))
 *         .withHeader("Authorization", "Bearer " + fake.session()));
 * }</pre>
 *
 * <p>Objects: Account, Contact (with the lookup Account, children Contacts) and Sample__c, which has a field of each type in use;
 * Ext__c is an external id of each. {@link FakeSalesforceServer} serves it over a port. What it leaves out is in
 * docs/reference/fake-salesforce.md.
 */
public final class FakeSalesforce implements HttpHandler {
    public static final String CLIENT_ID = "3MVG9fakeClientId.0001";
    public static final String CLIENT_SECRET = "FAKE+secret/1&2";
    public static final String USERNAME = "ada@acme.example";
    public static final String PASSWORD = "pass word&1";
    public static final String SECURITY_TOKEN = "tOkEn1+";

    /** Versions before it are retired: 410 ("API End-of-Life Policy"). */
    private static final int OLDEST_VERSION = 31;

    private static final Pattern VERSIONED = Pattern.compile("(/services/data/v([0-9]{1,3})\\.0)(/.*)?");

    private final Object lock = new Object();
    private final FakeOrg org;
    private final TokenEndpoint tokens;
    private final DailyCalls daily = new DailyCalls();
    private final RestRoutes routes;
    private final List<FakeCall> calls = new ArrayList<>();
    private final List<Rule> rules = new ArrayList<>();
    private URI instance = URI.create("https://acme.my.salesforce.com");
    private int latest = 68;

    /** An org by the system's clock. */
    public FakeSalesforce() {
        this(InstantSource.system());
    }

    /** An org by that clock: stamps, sessions and cursors follow it. */
    public FakeSalesforce(InstantSource clock) {
        this.org = new FakeOrg(clock);
        this.tokens = new TokenEndpoint(clock);
        this.routes = new RestRoutes(org, daily);
    }

    private static final class Rule {
        private final FakeFault fault;
        private int seen;

        Rule(FakeFault fault) {
            this.fault = fault;
        }

        boolean meets(String route) {
            if (!fault.meets(route)) {
                return false;
            }
            long call = seen++;
            return call >= fault.after() && call < (long) fault.after() + fault.times();
        }
    }

    // ---- the org's address and tokens

    /** The org's address, which token answers name: {@code https://acme.my.salesforce.com}, until it moves. */
    public URI instance() {
        synchronized (lock) {
            return instance;
        }
    }

    /** Moves the org: requests to the old address are refused with 401, as for a session of another org. */
    public FakeSalesforce move(URI to) {
        synchronized (lock) {
            instance = to;
            return this;
        }
    }

    /** An address below {@code /services/data/v66.0/}, or a path that begins with a slash. */
    public URI uri(String path) {
        return instance().resolve(path.startsWith("/") ? path : "/services/data/v66.0/" + path);
    }

    /** A new session, without a call. */
    public String session() {
        synchronized (lock) {
            return tokens.session();
        }
    }

    /** A new refresh token, without a call. */
    public String refreshToken() {
        synchronized (lock) {
            return tokens.refreshToken();
        }
    }

    /** Accepts assertions that the owner of this key signs. */
    public FakeSalesforce trust(PublicKey key) {
        synchronized (lock) {
            tokens.trust(key);
            return this;
        }
    }

    /** How long a session lasts, 2 hours unless set. */
    public FakeSalesforce sessionTime(Duration time) {
        synchronized (lock) {
            tokens.sessionTime(time);
            return this;
        }
    }

    /** Whether a refresh answers a new refresh token and ends the old one; it does not unless set. */
    public FakeSalesforce rotateRefreshTokens(boolean on) {
        synchronized (lock) {
            tokens.rotating(on);
            return this;
        }
    }

    /** Refuses a grant type with {@code invalid_grant}: {@code password}, as new orgs do. */
    public FakeSalesforce refuseGrant(String grantType) {
        synchronized (lock) {
            tokens.refuse(grantType);
            return this;
        }
    }

    /** Ends all sessions. */
    public void expireTokens() {
        synchronized (lock) {
            tokens.expireAll();
        }
    }

    /** Ends all refresh tokens. */
    public void revokeRefreshTokens() {
        synchronized (lock) {
            tokens.revokeRefreshTokens();
        }
    }

    // ---- limits and sizes

    /** The newest version, 68 unless set. */
    public FakeSalesforce latestVersion(int version) {
        synchronized (lock) {
            latest = version;
            return this;
        }
    }

    /** The most rows of a page, 2,000 unless set; fewer than the service's 200 are for tests. */
    public FakeSalesforce pageSize(int rows) {
        synchronized (lock) {
            routes.queries.pageSize(rows);
            return this;
        }
    }

    /** The most rows of a child subquery in the page of its parent, 200 unless set. */
    public FakeSalesforce childPageSize(int rows) {
        synchronized (lock) {
            routes.queries.childPageSize(rows);
            return this;
        }
    }

    /** Ends all cursors. */
    public void expireCursors() {
        synchronized (lock) {
            routes.queries.expireCursors();
        }
    }

    /** The calls of a day, 15,000 unless set. */
    public FakeSalesforce dailyCalls(int most) {
        synchronized (lock) {
            daily.most(most);
            return this;
        }
    }

    /** Uses up the calls of the day. */
    public void useUpQuota() {
        synchronized (lock) {
            daily.useUp();
        }
    }

    // ---- bulk jobs

    /** How many polls it takes until a job is complete, 2 unless set; an ingest job does a part of its rows with each. */
    public FakeSalesforce jobPolls(int polls) {
        synchronized (lock) {
            routes.bulk.polls = polls;
            return this;
        }
    }

    /** The most rows of a page of bulk results, 50,000 unless set. */
    public FakeSalesforce bulkPageSize(int rows) {
        synchronized (lock) {
            routes.bulk.pageSize = rows;
            return this;
        }
    }

    /** The most bytes of an upload as base64, 150 MB unless set. */
    public FakeSalesforce maxUpload(long bytes) {
        synchronized (lock) {
            routes.bulk.maxUpload = bytes;
            return this;
        }
    }

    /** The name of the link to further result pages, {@code nextRecordsUrl} unless set; the guide has {@code nextRecordUrl} too. */
    public FakeSalesforce resultPagesLink(String name) {
        synchronized (lock) {
            routes.bulk.pagesLink = name;
            return this;
        }
    }

    /** Whether jobs may hard delete, which is a permission; they may unless set. */
    public FakeSalesforce mayHardDelete(boolean may) {
        synchronized (lock) {
            routes.bulk.mayHardDelete = may;
            return this;
        }
    }

    /** Has the next job that is created end as Failed, with that message. */
    public FakeSalesforce failNextJob(String message) {
        synchronized (lock) {
            routes.bulk.failure = message;
            return this;
        }
    }

    /** Does what was uploaded, as the service does when nobody polls. */
    public void finishJobs() {
        synchronized (lock) {
            routes.bulkIngests.finish();
        }
    }

    // ---- schema and records

    /** Locks a record, so that changes to it and its children fail with UNABLE_TO_LOCK_ROW, or unlocks it. */
    public void lockRecord(String id, boolean on) {
        synchronized (lock) {
            org.lock(id, on);
        }
    }

    /** Adds an object, or fields to one that is there. */
    public FakeSalesforce define(String object, FakeField... fields) {
        synchronized (lock) {
            FakeObject defined = org.find(object).orElseGet(() -> org.define(object));
            for (FakeField field : fields) {
                defined.add(field, org.now());
            }
            return this;
        }
    }

    /** Removes a field. */
    public FakeSalesforce undefine(String object, String field) {
        synchronized (lock) {
            org.resource(object).remove(field, org.now());
            return this;
        }
    }

    /** Removes an object with its records. */
    public FakeSalesforce undefine(String object) {
        synchronized (lock) {
            org.undefine(object);
            return this;
        }
    }

    /** Inserts a record without a call; values are as in JSON. Returns its id. */
    public String insert(String object, Map<String, ?> values) {
        synchronized (lock) {
            FakeObject target = org.resource(object);
            return org.insert(target, org.values(target, Json.of(values))).id();
        }
    }

    /** Updates a record without a call. */
    public void update(String object, String id, Map<String, ?> values) {
        synchronized (lock) {
            FakeObject target = org.resource(object);
            org.update(target, id, org.values(target, Json.of(values)));
        }
    }

    /** Deletes a record without a call; it is in the recycle bin. */
    public void delete(String object, String id) {
        synchronized (lock) {
            org.delete(org.resource(object), id);
        }
    }

    /** Restores a record from the recycle bin without a call. */
    public void restore(String object, String id) {
        synchronized (lock) {
            org.restore(org.resource(object), id);
        }
    }

    /** Deletes a record for good without a call. */
    public void hardDelete(String object, String id) {
        synchronized (lock) {
            org.hardDelete(org.resource(object), id);
        }
    }

    /** Empties the recycle bin: queryAll does not see deleted records any more. */
    public void emptyRecycleBin() {
        synchronized (lock) {
            for (FakeObject object : org.objects()) {
                List.copyOf(object.records()).stream()
                        .filter(FakeRecord::isDeleted)
                        .forEach(each -> object.erase(each.id()));
            }
        }
    }

    /** Purges the log that getDeleted reads, apart from the recycle bin. */
    public void purgeDeletions() {
        synchronized (lock) {
            routes.records.purgeDeletions();
        }
    }

    /** The records that are not deleted, in the order of their creation: String, Boolean, Long, Double, Instant, LocalDate, LocalTime. */
    public List<Map<String, Object>> records(String object) {
        synchronized (lock) {
            return org.resource(object).records().stream()
                    .filter(each -> !each.isDeleted())
                    .<Map<String, Object>>map(each -> {
                        Map<String, Object> copy = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
                        copy.putAll(each.values());
                        return copy;
                    })
                    .toList();
        }
    }

    // ---- what happened, and what is to fail

    /** What was done to records, in order: {@code insert Contact 003…}; a duplicate insert is one line more. */
    public List<String> executed() {
        synchronized (lock) {
            return org.executed();
        }
    }

    /** The calls so far. */
    public List<FakeCall> calls() {
        synchronized (lock) {
            return List.copyOf(calls);
        }
    }

    /** How many calls of a route there were: {@code GET /query}; see {@link FakeCall#route}. */
    public int calls(String route) {
        synchronized (lock) {
            return (int)
                    calls.stream().filter(call -> call.route().equals(route)).count();
        }
    }

    /** Adds a fault. Of several that meet a call, changes and delays all happen, and the first of the others. */
    public FakeSalesforce fault(FakeFault fault) {
        synchronized (lock) {
            rules.add(new Rule(fault));
            return this;
        }
    }

    /** Removes all faults. */
    public void heal() {
        synchronized (lock) {
            rules.clear();
        }
    }

    // ---- answers

    @Override
    public HttpResponse handle(HttpRequest request) {
        String route = FakeCall.route(request.method(), request.path());
        String sent = request.path()
                + (request.uri().getRawQuery() == null
                        ? ""
                        : "?" + request.uri().getRawQuery());
        List<FakeFault.Effect> effects = effects(route);
        delay(effects, route);
        for (FakeFault.Effect effect : effects) {
            if (effect instanceof FakeFault.Answer answer) {
                request.body().close();
                HttpResponse response = answer.response().get();
                note(route, sent, response.status());
                return response;
            }
            if (effect instanceof FakeFault.Drop drop) {
                if (drop.done()) {
                    answered(request).close();
                }
                request.body().close();
                note(route, sent, 0);
                throw new DroppedConnection(
                        request.method() + " " + request.uri().getHost() + request.path());
            }
        }
        HttpResponse response = answered(request);
        note(route, sent, response.status());
        for (FakeFault.Effect effect : effects) {
            if (effect instanceof FakeFault.Cut cut) {
                return CutStream.after(cut.bytes(), response);
            }
        }
        return response;
    }

    private List<FakeFault.Effect> effects(String route) {
        List<FakeFault.Effect> effects = new ArrayList<>();
        synchronized (lock) {
            for (Rule rule : List.copyOf(rules)) {
                if (rule.meets(route)) {
                    effects.add(rule.fault.effect());
                    if (rule.fault.effect() instanceof FakeFault.Change change) {
                        change.change().accept(this);
                    }
                }
            }
        }
        return effects;
    }

    private static void delay(List<FakeFault.Effect> effects, String route) {
        for (FakeFault.Effect effect : effects) {
            if (effect instanceof FakeFault.Delay delay) {
                try {
                    Thread.sleep(delay.time().toMillis());
                } catch (InterruptedException e) {
                    throw KeywharfException.interrupted(route, e);
                }
            }
        }
    }

    private void note(String route, String sent, int status) {
        synchronized (lock) {
            calls.add(new FakeCall(route, sent, status));
        }
    }

    private HttpResponse answered(HttpRequest request) {
        synchronized (lock) {
            HttpResponse response;
            try {
                response = route(request);
            } catch (Refusal e) {
                response = e.response();
            } finally {
                request.body().close();
            }
            if (VERSIONED.matcher(request.path()).matches() && response.status() != 401) {
                response = response.withHeader("Sforce-Limit-Info", daily.header());
            }
            return compressed(request, response);
        }
    }

    private HttpResponse route(HttpRequest request) {
        String path = request.path();
        boolean ours = tokens.knows(request.uri(), instance);
        if (path.equals("/services/oauth2/token")) {
            return ours
                    ? tokens.answer(request, instance)
                    : HttpResponse.text(404, "<html>URL No Longer Exists</html>")
                            .withHeader("Content-Type", "text/html");
        }
        if (path.equals("/services/data") || path.equals("/services/data/")) {
            return versions();
        }
        Matcher versioned = VERSIONED.matcher(path);
        if (!versioned.matches()) {
            throw Refusal.notFound();
        }
        if (!request.uri().getAuthority().equalsIgnoreCase(instance.getAuthority())) {
            // A session of another host, lightning.force.com for one, is not valid ("INVALID_SESSION_ID").
            throw new Refusal(401, "INVALID_SESSION_ID", "Session expired or invalid");
        }
        int version = Integer.parseInt(versioned.group(2));
        if (version < OLDEST_VERSION) {
            throw new Refusal(
                    410,
                    "UNSUPPORTED_API_VERSION",
                    "API version v" + version + ".0 is retired; see the API End-of-Life Policy");
        }
        if (version > latest) {
            throw Refusal.notFound();
        }
        tokens.check(request);
        daily.take();
        return routes.answer(request, versioned.group(1));
    }

    /** Needs no session ("Versions"). */
    private HttpResponse versions() {
        ArrayNode versions = Json.array();
        for (int version = OLDEST_VERSION; version <= latest; version++) {
            String[] seasons = {"Winter", "Spring", "Summer"};
            // v32.0 is Winter '15.
            int releases = version - 32 + 15 * 3;
            versions.addObject()
                    .put("label", seasons[Math.floorMod(releases, 3)] + " '" + Math.floorDiv(releases, 3))
                    .put("url", "/services/data/v" + version + ".0")
                    .put("version", version + ".0");
        }
        return Json.response(200, versions);
    }

    /**
     * REST answers are compressed for any client that accepts gzip ("Compression Headers"); bulk results only when the header is
     * {@code gzip} and nothing else ("Query Compression").
     */
    private static HttpResponse compressed(HttpRequest request, HttpResponse response) {
        String accepted = request.header("Accept-Encoding").orElse("").toLowerCase(Locale.ROOT);
        boolean bulk = request.path().matches(".*/jobs/(query|ingest)/[^/]+/([a-z]*[rR]esults|unprocessedrecords)/?");
        boolean asked = bulk ? accepted.equals("gzip") : accepted.contains("gzip");
        if (!asked || response.body().length().orElse(0) == 0) {
            return response;
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream target = new GZIPOutputStream(bytes)) {
            response.body().transferTo(target);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return response.withHeader("Content-Encoding", "gzip").withBody(HttpBody.of(bytes.toByteArray()));
    }

    @Override
    public String toString() {
        return "FakeSalesforce[" + instance() + "]";
    }
}
