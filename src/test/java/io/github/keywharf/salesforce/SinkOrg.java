package io.github.keywharf.salesforce;

import io.github.keywharf.event.Event;
import io.github.keywharf.http.HttpHandler;
import io.github.keywharf.http.HttpRequest;
import io.github.keywharf.http.HttpResponse;
import io.github.keywharf.table.Column;
import io.github.keywharf.table.ColumnBatch;
import io.github.keywharf.table.ColumnType;
import io.github.keywharf.table.ColumnVector;
import io.github.keywharf.table.Origins;
import io.github.keywharf.table.Rows;
import io.github.keywharf.table.Schema;
import io.github.keywharf.testing.RecordedTime;
import io.github.keywharf.testing.salesforce.FakeSalesforce;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** An org for sinks, and rows for it that are lines of clients.csv. */
final class SinkOrg implements HttpHandler {
    static final Schema CLIENTS =
            Schema.of(Column.nullable("LastName", ColumnType.STRING), Column.nullable("Ext__c", ColumnType.STRING));

    final List<Event> events = new ArrayList<>();
    final RecordedTime time = new RecordedTime();
    final FakeSalesforce fake = new FakeSalesforce(time);

    @Override
    public HttpResponse handle(HttpRequest request) {
        return fake.handle(request.withHeader("Authorization", "Bearer " + fake.session()));
    }

    SalesforceSink.Builder sink(String object) {
        return sink(this, object);
    }

    SalesforceSink.Builder sink(HttpHandler client, String object) {
        SalesforceTarget target = new SalesforceTarget(URI.create("https://acme.my.salesforce.com"), "v66.0");
        return new SalesforceSink.Builder(SalesforceCalls.of(client, target, events::add, time), object)
                .clock(time, time);
    }

    /** Clients as lines of clients.csv, from line 2 on. */
    static Rows clients(String... names) {
        return rows(
                CLIENTS,
                java.util.Arrays.stream(names)
                        .map(name -> new Object[] {name.isEmpty() ? null : name, "x-" + name})
                        .toArray(Object[][]::new));
    }

    static Rows rows(Schema schema, Object[]... rows) {
        List<ColumnVector.Builder> builders = ColumnBatch.builders(schema, rows.length);
        for (Object[] row : rows) {
            for (int i = 0; i < row.length; i++) {
                builders.get(i).appendValue(row[i]);
            }
        }
        ColumnBatch batch =
                ColumnBatch.build(schema, builders).withOrigins(Origins.consecutive("clients.csv", 2, rows.length));
        return Rows.of(schema, List.of(batch));
    }

    List<String> values(String object, String field) {
        return fake.records(object).stream()
                .map(record -> String.valueOf(record.get(field)))
                .toList();
    }

    String insert(String object, Map<String, ?> values) {
        return fake.insert(object, values);
    }
}
