package io.github.keywharf.aws;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.keywharf.testing.GoldenCopies;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Moves for Spark of version 0.1.0 are read, and written no differently. */
class GoldenMovesTest {

    @Test
    void moves_are_read_and_written_as_before() {
        check(
                "moves/moves.json",
                List.of(
                        new SparkMove(
                                "run 1/Übersicht \"a\"",
                                "\"d41d8cd9\"",
                                1L << 40,
                                Instant.parse("2026-03-01T10:20:30.405Z"),
                                "run 1/Übersicht \"a\".parquet",
                                true),
                        new SparkMove("run/b", "", 0, Instant.EPOCH, "run/b.parquet", false)));
        check("moves/none.json", List.of());
    }

    private static void check(String name, List<SparkMove> moves) {
        GoldenCopies.assertWritten(name, SparkMove.write(moves));
        assertThat(SparkMove.read("moves", GoldenCopies.read(name))).isEqualTo(moves);
    }
}
