package io.github.keywharf.batch;

import java.time.Duration;
import java.util.List;
import java.util.Locale;

/**
 * What a run of {@link FetchData} did.
 *
 * @param files each file of the directory, by name
 * @param took how long the run took
 */
public record FetchReport(List<FetchedFile> files, Duration took) {

    /** Copies the list. */
    public FetchReport {
        files = List.copyOf(files);
    }

    /** How many files came to that. */
    public int count(FetchedFile.Result result) {
        return (int) files.stream().filter(file -> file.result() == result).count();
    }

    /** Whether the server has all files. */
    public boolean isComplete() {
        return count(FetchedFile.Result.REFUSED) + count(FetchedFile.Result.FAILED) == 0;
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "%,d uploaded, %,d received before, %,d refused, %,d failed in %.3f s",
                count(FetchedFile.Result.UPLOADED),
                count(FetchedFile.Result.DUPLICATE),
                count(FetchedFile.Result.REFUSED),
                count(FetchedFile.Result.FAILED),
                took.toNanos() / 1e9);
    }
}
