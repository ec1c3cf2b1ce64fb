package io.github.keywharf.salesforce;

import io.github.keywharf.http.Pause;
import io.github.keywharf.internal.Checks;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;

/**
 * How bulk jobs are waited for, and how their results are fetched.
 *
 * @param pagesInFlight how many pages of results are downloaded or wait to be read at a time; 1 reads one after the other
 * @param pageRows the most rows of a page that is asked for by locator
 * @param patience how long a job may take
 * @param clock by which that is measured
 * @param pause waits between two looks at a job
 * @param directory where temporary files are made
 */
record SalesforceBulkOptions(
        int pagesInFlight, int pageRows, Duration patience, InstantSource clock, Pause pause, Path directory) {
    /** Four pages: a download waits for the network most of the time, and each may take a file of some ten megabytes. */
    static final int DEFAULT_PAGES_IN_FLIGHT = 4;

    /** 100,000 rows: ten calls for a million rows, and files of some ten megabytes. */
    static final int DEFAULT_PAGE_ROWS = 100_000;

    /** Six hours: the largest queries and loads take hours where an org is busy. */
    static final Duration DEFAULT_PATIENCE = Duration.ofHours(6);

    SalesforceBulkOptions {
        Checks.between("pagesInFlight", pagesInFlight, 1, 64);
        Checks.positive("pageRows", pageRows);
        Checks.positive("patience", patience);
    }

    /** The defaults, on the system's clock and in the directory of temporary files. */
    static SalesforceBulkOptions defaults() {
        return new SalesforceBulkOptions(
                DEFAULT_PAGES_IN_FLIGHT,
                DEFAULT_PAGE_ROWS,
                DEFAULT_PATIENCE,
                InstantSource.system(),
                Pause.SLEEP,
                temporary());
    }

    /** The directory of temporary files of this Java. */
    static Path temporary() {
        return Path.of(System.getProperty("java.io.tmpdir"));
    }

    SalesforceBulkOptions withTime(InstantSource otherClock, Pause otherPause) {
        return new SalesforceBulkOptions(pagesInFlight, pageRows, patience, otherClock, otherPause, directory);
    }

    SalesforceBulkOptions withPages(int inFlight, int rows) {
        return new SalesforceBulkOptions(inFlight, rows, patience, clock, pause, directory);
    }

    SalesforceBulkOptions withLongestWait(Duration wait) {
        return new SalesforceBulkOptions(pagesInFlight, pageRows, wait, clock, pause, directory);
    }

    SalesforceBulkOptions withDirectory(Path other) {
        return new SalesforceBulkOptions(pagesInFlight, pageRows, patience, clock, pause, other);
    }
}
