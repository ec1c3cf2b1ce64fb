package io.github.keywharf.cassandra.key;

import io.github.keywharf.testing.GoldenCopies;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The tables of keys are those of version 0.1.0: rings that it made are opened by this one. */
class GoldenKeyTablesTest {

    @Test
    void tables_are_created_as_before() {
        KeySchema schema = new KeySchema(new KeyNames("delpha_keys"));
        GoldenCopies.assertWritten(
                "key-tables/tables.cql",
                (String.join(";\n\n", schema.tables(Duration.ofDays(400))) + ";\n").getBytes(StandardCharsets.UTF_8));
    }
}
