package io.github.keywharf.sharing.server;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.github.keywharf.catalog.Recipient;
import io.github.keywharf.catalog.Share;
import io.github.keywharf.catalog.ShareCatalog;
import io.github.keywharf.catalog.ShareCredentials;
import io.github.keywharf.catalog.ShareProfile;
import io.github.keywharf.catalog.SharedTable;
import io.github.keywharf.catalog.TenantFilter;
import io.github.keywharf.format.delta.DeltaTable;
import io.github.keywharf.http.HttpBody;
import io.github.keywharf.http.HttpHandler;
import io.github.keywharf.http.HttpRequest;
import io.github.keywharf.http.HttpResponse;
import io.github.keywharf.store.ObjectStore;
import io.github.keywharf.table.Column;
import io.github.keywharf.table.ColumnBatch;
import io.github.keywharf.table.ColumnType;
import io.github.keywharf.table.ColumnVector;
import io.github.keywharf.table.Rows;
import io.github.keywharf.table.Schema;
import java.net.URI;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;

/** A table of two tenants, shared with each, and what a client of the protocol does. */
public final class SharedUsage {
    public static final URI HOST = URI.create("http://localhost:8080");
    public static final String TABLE = "/schemas/platform/tables/usage";
    public static final Schema SCHEMA = Schema.of(
            Column.nullable("tenant", ColumnType.STRING),
            Column.nullable("day", ColumnType.DATE),
            Column.nullable("n", ColumnType.INT64));
    public static final LocalDate DAY = LocalDate.of(2026, 11, 23);

    private static final JsonMapper JSON = new JsonMapper();

    public final ObjectStore store;
    public final DeltaTable table;
    public final AtomicReference<Instant> time = new AtomicReference<>(Instant.parse("2026-11-23T10:00:00Z"));
    public final InstantSource clock = time::get;

    public SharedUsage(ObjectStore store) {
        this.store = store;
        table = DeltaTable.at(store, "tables/usage");
        table.create(SCHEMA, List.of("tenant", "day"));
    }

    public static SharedUsage inMemory() {
        return new SharedUsage(ObjectStore.inMemory());
    }

    /** Rows of a tenant and a day, which become a file and a version. */
    public SharedUsage add(String tenant, LocalDate day, long from, long to) {
        List<ColumnVector.Builder> builders = ColumnBatch.builders(SCHEMA, 16);
        for (long n = from; n < to; n++) {
            builders.get(0).appendValue(tenant);
            builders.get(1).appendValue(day);
            builders.get(2).appendValue(n);
        }
        table.sink().write(Rows.of(SCHEMA, List.of(ColumnBatch.build(SCHEMA, builders))));
        return this;
    }

    public DeltaSharingServer.Builder server() {
        return DeltaSharingServer.builder(store.under("sharing"))
                .table("usage", store, "tables/usage")
                .clock(clock);
    }

    public static SharedTable shared() {
        return SharedTable.of("usage", "platform.usage").withHistory(true);
    }

    /** Shares the table's part of a tenant with a recipient of its name; each call gives another token. */
    public static ShareProfile provision(ShareCatalog catalog, String tenant) {
        catalog.ensureShare(Share.of(tenant, shared().withFilter(TenantFilter.value("tenant", tenant))));
        catalog.ensureRecipient(Recipient.of(tenant));
        catalog.ensureGrant(tenant, tenant);
        return catalog.activate(tenant).orElseGet(() -> catalog.rotate(tenant, java.time.Duration.ofHours(1)));
    }

    public static String token(ShareProfile profile) {
        return ((ShareCredentials.Bearer) profile.credentials()).token().reveal();
    }

    /**
     * Who calls a server.
     *
     * @param capabilities as the header has them, or empty
     */
    public record Client(HttpHandler http, String endpoint, String token, String capabilities) {

        public static Client of(HttpHandler http, ShareProfile profile) {
            return new Client(http, profile.endpoint().toString(), SharedUsage.token(profile), "");
        }

        public Client with(String header) {
            return new Client(http, endpoint, token, header);
        }

        public HttpRequest request(String method, String path) {
            HttpRequest request = HttpRequest.of(method, URI.create(endpoint + path))
                    .withHeader("Authorization", "Bearer " + token)
                    .withPeer("192.0.2.7");
            return capabilities.isEmpty() ? request : request.withHeader("delta-sharing-capabilities", capabilities);
        }

        public Answer get(String path) {
            return send(request("GET", path));
        }

        public Answer post(String path, String body) {
            return send(request("POST", path).withBody(HttpBody.of(body)));
        }

        public Answer send(HttpRequest request) {
            try (HttpResponse response = http.handle(request)) {
                return new Answer(response, response.body().text(50_000_000));
            }
        }

        public Answer query(String share, String body) {
            return post("/shares/" + share + TABLE + "/query", body);
        }
    }

    /** An answer with its text. */
    public record Answer(HttpResponse response, String text) {
        int status() {
            return response.status();
        }

        public JsonNode json() {
            return SharedUsage.json(text);
        }

        public List<JsonNode> lines() {
            return text.lines().map(SharedUsage::json).toList();
        }

        /** What the lines of a kind hold. */
        public List<JsonNode> all(String kind) {
            List<JsonNode> found = new ArrayList<>();
            for (JsonNode line : lines()) {
                if (line.has(kind)) {
                    found.add(line.get(kind));
                }
            }
            return found;
        }

        public JsonNode only(String kind) {
            List<JsonNode> all = all(kind);
            if (all.size() != 1) {
                throw new AssertionError("There are " + all.size() + " of " + kind + " in " + text);
            }
            return all.get(0);
        }
    }

    public static JsonNode json(String text) {
        try {
            return JSON.readTree(text);
        } catch (java.io.IOException e) {
            throw new AssertionError(text, e);
        }
    }

    public static String body(Map<String, ?> members) {
        try {
            return JSON.writeValueAsString(members);
        } catch (java.io.IOException e) {
            throw new AssertionError(e);
        }
    }
}
