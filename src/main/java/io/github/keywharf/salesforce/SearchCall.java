package io.github.keywharf.salesforce;

import com.fasterxml.jackson.core.JsonParser;
import io.github.keywharf.KeywharfException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A search by SOSL, whose answer is one page. */
final class SearchCall {
    private SearchCall() {}

    /** The records that were found, in the order of the objects of the search, each with its {@code attributes}. */
    static List<Map<String, @Nullable Object>> run(SalesforceCalls calls, String sosl) {
        String path = SalesforceQuery.checked(SalesforceQuery.encoded("search", sosl));
        RecordReader reader = new RecordReader(calls, Map.of(), true);
        Object answer = calls.read(path, Map.of(), response -> {
            reader.begin();
            try (JsonParser json = calls.parser(response)) {
                json.nextToken();
                Object value = reader.value(json);
                if (json.nextToken() != null || value == null) {
                    throw bad(calls);
                }
                return value;
            } catch (IOException e) {
                throw calls.unreadable("search", e);
            }
        });
        if (!(answer instanceof Map<?, ?> object) || !(object.get("searchRecords") instanceof List<?> list)) {
            throw bad(calls);
        }
        reader.complete();
        List<Map<String, @Nullable Object>> records = new ArrayList<>();
        for (Object each : list) {
            if (!(each instanceof Map<?, ?> record)) {
                throw bad(calls);
            }
            Map<String, @Nullable Object> fields = new LinkedHashMap<>();
            record.forEach((key, value) -> fields.put(String.valueOf(key), value));
            records.add(fields);
        }
        return records;
    }

    private static KeywharfException bad(SalesforceCalls calls) {
        return new KeywharfException(
                "salesforce.bad_answer",
                calls.subject("search"),
                "The answer has no 'searchRecords'; check the instance, and whether a proxy is in between");
    }
}
