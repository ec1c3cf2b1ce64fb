package io.github.keywharf.salesforce;

import io.github.keywharf.event.EventListener;
import io.github.keywharf.http.BearerFilter;
import io.github.keywharf.http.BearerToken;
import io.github.keywharf.http.HttpHandler;
import io.github.keywharf.http.HttpResponse;
import io.github.keywharf.http.RetryFilter;
import io.github.keywharf.secret.Secret;
import io.github.keywharf.testing.salesforce.FakeSalesforce;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;

/** Queries of a fake org, or of answers that are written down. */
final class QueryOrg {
    private QueryOrg() {}

    /** Queries of the fake, with a session that is renewed and calls that are repeated. */
    static QueryContext of(FakeSalesforce fake) {
        return of(fake, fake);
    }

    /** The same, over another way to the fake. */
    static QueryContext of(FakeSalesforce fake, HttpHandler way) {
        HttpHandler client = way.with(
                RetryFilter.builder()
                        .waits(Duration.ofMillis(1), Duration.ofMillis(2))
                        .build(),
                BearerFilter.of(
                        fake.instance(),
                        () -> new BearerToken(
                                Secret.of(fake.session()), Instant.now().plusSeconds(3_600)),
                        InstantSource.system()));
        return context(client, fake.instance());
    }

    private static QueryContext context(HttpHandler client, URI origin) {
        SalesforceCalls calls = SalesforceCalls.of(
                client, new SalesforceTarget(origin, "v66.0"), EventListener.NONE, InstantSource.system());
        return new QueryContext(calls, new SalesforceDescribe(calls), SalesforceBulkQuery.over(calls));
    }

    /** Answers in the order in which they are asked for, whatever is asked. */
    static final class Written {
        private final Deque<HttpResponse> answers = new ArrayDeque<>();
        private final List<String> asked = new ArrayList<>();

        Written json(String json) {
            return answer(HttpResponse.json(200, json.replace('\'', '"')));
        }

        Written answer(HttpResponse response) {
            answers.add(response);
            return this;
        }

        /** Describes an object by names and types of its fields. */
        Written describe(String... fields) {
            StringBuilder json = new StringBuilder("{'fields':[");
            for (int i = 0; i < fields.length; i += 2) {
                json.append(i == 0 ? "" : ",")
                        .append("{'name':'" + fields[i] + "','type':'" + fields[i + 1] + "','custom':false}");
            }
            return json(json + "]}");
        }

        List<String> asked() {
            return asked;
        }

        SalesforceQuery query(String soql) {
            return context().query(soql, Map.of());
        }

        QueryContext context() {
            return QueryOrg.context(
                    request -> {
                        asked.add(request.path());
                        return answers.remove();
                    },
                    URI.create("https://acme.my.salesforce.com"));
        }
    }
}
