package io.github.keywharf.batch;

import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/**
 * What became of one file of a client's directory.
 *
 * @param name of the file
 * @param bytes its size
 * @param result what became of it
 * @param refusal which constraint refused it, and which value; present when it is refused
 * @param reason why it failed; otherwise empty
 * @param took how long its upload took
 */
public record FetchedFile(
        String name, long bytes, Result result, Optional<Refusal> refusal, String reason, Duration took) {

    /** What can become of a file. */
    public enum Result {
        /** The server has it. */
        UPLOADED,
        /** The server had a file of this name and content before. */
        DUPLICATE,
        /** A constraint refuses it, here or on the server. */
        REFUSED,
        /** It could not be read or sent; another run tries again. */
        FAILED
    }

    static FetchedFile of(String name, long bytes, Result result, Duration took) {
        return new FetchedFile(name, bytes, result, Optional.empty(), "", took);
    }

    static FetchedFile refused(String name, long bytes, Refusal refusal) {
        return new FetchedFile(name, bytes, Result.REFUSED, Optional.of(refusal), "", Duration.ZERO);
    }

    static FetchedFile failed(String name, long bytes, String reason) {
        return new FetchedFile(name, bytes, Result.FAILED, Optional.empty(), reason, Duration.ZERO);
    }

    /** Such as {@code visits.csv: refused, data_sizes: 5000 KB; allowed: at most 4096 KB}. */
    @Override
    public String toString() {
        String why = refusal.map(found -> ", " + found).orElse(reason.isEmpty() ? "" : ", " + reason);
        return name + ": " + result.name().toLowerCase(Locale.ROOT) + why;
    }
}
