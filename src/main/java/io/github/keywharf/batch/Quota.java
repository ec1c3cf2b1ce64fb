package io.github.keywharf.batch;

import java.util.Optional;

/**
 * What a tenant has used of what it may send.
 *
 * @param waiting files that have not ended
 * @param today bytes that came on this day (UTC)
 */
record Quota(int waiting, long today) {

    /** Why another file of that size is refused for now. */
    Optional<Refusal> refusal(FileConstraints constraints, long bytes) {
        if (waiting >= constraints.numberFiles()) {
            return Optional.of(new Refusal(
                    "number_files", waiting + " files wait", "up to " + constraints.numberFiles() + " waiting files"));
        }
        return bytes > constraints.bytesADay() - today
                ? Optional.of(new Refusal(
                        "bytes_a_day",
                        today + " bytes today and " + bytes + " more",
                        "at most " + constraints.bytesADay() + " bytes a day (UTC)"))
                : Optional.empty();
    }
}
