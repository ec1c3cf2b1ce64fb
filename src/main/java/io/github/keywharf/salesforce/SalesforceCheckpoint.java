package io.github.keywharf.salesforce;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.store.StoredJson;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How far the changes of an object are read. {@link #toJson} and {@link #parse} keep it anywhere.
 *
 * @param object its API name
 * @param until all that was changed before is read, by the org's clock
 * @param deletedUntil all deletions before are read that the org's log of deletions lists
 * @param columns the fields that are read
 * @param fields the vendor's types of all fields that could be read when the whole object was, by name; drift is against these
 */
public record SalesforceCheckpoint(
        String object, Instant until, Instant deletedUntil, List<String> columns, Map<String, String> fields) {
    static final StoredJson<SalesforceCheckpoint> FORMAT = StoredJson.of(
            SalesforceCheckpoint.class,
            "checkpoint of an object",
            "salesforce.bad_checkpoint",
            "keep what toJson() returns, or begin with the whole object");

    /** Checks the names, and copies list and map. */
    public SalesforceCheckpoint {
        RecordValues.name("an object", object);
        columns = List.copyOf(columns);
        fields = Collections.unmodifiableMap(new LinkedHashMap<>(fields));
        columns.forEach(column -> RecordValues.name("a field", column));
        if (columns.isEmpty()) {
            throw new IllegalArgumentException("A checkpoint of " + object + " needs columns");
        }
    }

    /** This as JSON, in one line. */
    public String toJson() {
        return new String(FORMAT.write(this), UTF_8);
    }

    /**
     * What {@link #toJson} wrote.
     *
     * @throws KeywharfException with code {@code salesforce.bad_checkpoint} when it is something else
     */
    public static SalesforceCheckpoint parse(String json) {
        return FORMAT.read("checkpoint", json.getBytes(UTF_8));
    }

    @Override
    public String toString() {
        return object + " until " + until + ", deletions until " + deletedUntil + ", " + columns.size() + " columns";
    }
}
