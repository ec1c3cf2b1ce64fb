package io.github.keywharf.salesforce;

import static java.time.format.DateTimeFormatter.RFC_1123_DATE_TIME;

import io.github.keywharf.event.Event;
import io.github.keywharf.http.HttpHandler;
import io.github.keywharf.testing.salesforce.FakeSalesforce;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;

/** An org by a clock that tests set, with a session that does not end, and answers that are dated by that clock. */
final class ObjectOrg {
    private Instant now = Instant.parse("2026-03-01T12:00:00Z");
    final FakeSalesforce fake = new FakeSalesforce(this::now);
    final List<Event> events = new ArrayList<>();
    final SalesforceCalls calls =
            calls(request -> fake.handle(request.withHeader("Authorization", "Bearer " + fake.session()))
                    .withHeader("Date", RFC_1123_DATE_TIME.format(now.atOffset(ZoneOffset.UTC))));

    SalesforceCalls calls(HttpHandler client) {
        return SalesforceCalls.of(
                client,
                new SalesforceTarget(URI.create("https://acme.my.salesforce.com"), "v66.0"),
                events::add,
                this::now);
    }

    SalesforceObject object(String name) {
        return object(calls, name);
    }

    static SalesforceObject object(SalesforceCalls calls, String name) {
        return new SalesforceObject(
                new QueryContext(calls, new SalesforceDescribe(calls), SalesforceBulkQuery.over(calls)), name);
    }

    Instant now() {
        return now;
    }

    void pass(Duration time) {
        now = now.plus(time);
    }
}
