package io.github.keywharf.table;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;

/** Microseconds since 1970-01-01T00:00, the unit in which vectors hold timestamps. */
public final class Micros {

    /** Microseconds in a second. */
    public static final long PER_SECOND = 1_000_000L;

    /** Microseconds in a day. */
    public static final long PER_DAY = 86_400L * PER_SECOND;

    private Micros() {}

    /** The microseconds of a local time; fractions of a microsecond are cut off. */
    public static long of(LocalDateTime time) {
        return Math.addExact(
                Math.multiplyExact(time.toEpochSecond(ZoneOffset.UTC), PER_SECOND), time.getNano() / 1_000);
    }

    /** The microseconds of an instant; fractions of a microsecond are cut off. */
    public static long of(Instant time) {
        return Math.addExact(Math.multiplyExact(time.getEpochSecond(), PER_SECOND), time.getNano() / 1_000);
    }

    /** The local time that many microseconds after 1970-01-01T00:00. */
    public static LocalDateTime toLocalDateTime(long micros) {
        return LocalDateTime.ofEpochSecond(
                Math.floorDiv(micros, PER_SECOND), (int) Math.floorMod(micros, PER_SECOND) * 1_000, ZoneOffset.UTC);
    }

    /** The instant that many microseconds after 1970-01-01T00:00Z. */
    public static Instant toInstant(long micros) {
        return Instant.ofEpochSecond(Math.floorDiv(micros, PER_SECOND), Math.floorMod(micros, PER_SECOND) * 1_000);
    }
}
