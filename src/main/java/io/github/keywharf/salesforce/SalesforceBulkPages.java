package io.github.keywharf.salesforce;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.keywharf.KeywharfException;
import io.github.keywharf.http.HttpRequest;
import io.github.keywharf.internal.Threads;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The pages of a query job's results, in order. Where the version has links to all pages (from 58 on), several are downloaded
 * at a time; otherwise each is found by the locator of the one before, and one is downloaded while another is read.
 *
 * @see <a href="https://developer.salesforce.com/docs/platform/api-asynch/guide/query-get-parallel-job-results.html">Parallel
 *     results</a>
 */
final class SalesforceBulkPages implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SalesforceBulkPages.class);
    private static final int FIRST_VERSION_WITH_LINKS = 58;

    /** The most pages of a job, a million: with a locator that leads back to the first page there would be no end. */
    private static final int MAX_PAGES = 1_000_000;

    /** The most lists of pages without a page, one after the other; more of them are taken for a loop. */
    private static final int MAX_EMPTY_LISTS = 100;

    private static final int CLOSE_SECONDS = 30;

    private final SalesforceCalls calls;
    private final SalesforceBulkJob job;
    private final SalesforceBulkDownload download;
    private final int inFlight;
    private final int pageRows;
    private final ExecutorService threads;
    private final Deque<Future<SalesforceBulkDownload.Page>> ahead = new ArrayDeque<>();
    private final Set<String> seen = new HashSet<>();

    private final Deque<String> links = new ArrayDeque<>();
    private boolean byLinks;
    private @Nullable String nextLinks;
    private int emptyLists;
    private boolean begun;

    SalesforceBulkPages(
            SalesforceCalls calls,
            SalesforceBulkJob job,
            SalesforceBulkDownload download,
            SalesforceBulkOptions options) {
        this.calls = calls;
        this.job = job;
        this.download = download;
        this.inFlight = options.pagesInFlight();
        this.pageRows = options.pageRows();
        this.byLinks = inFlight > 1 && job.version() >= FIRST_VERSION_WITH_LINKS;
        this.threads = Executors.newFixedThreadPool(inFlight, Threads.named("keywharf-salesforce-" + job.id()));
    }

    /** The next page, whole, in a file that the caller deletes; null after the last one. */
    @Nullable
    Path next() {
        if (!begun) {
            begun = true;
            begin();
        }
        if (byLinks) {
            while (ahead.size() < inFlight && hasLink()) {
                submit(links.remove());
            }
        }
        Future<SalesforceBulkDownload.Page> first = ahead.poll();
        if (first == null) {
            return null;
        }
        SalesforceBulkDownload.Page page = result(first);
        if (!byLinks) {
            page.locator().ifPresent(locator -> submit(results(locator)));
        }
        return page.file();
    }

    private void begin() {
        if (byLinks) {
            nextLinks = job.path() + "/resultPages";
            try {
                list();
                return;
            } catch (KeywharfException e) {
                // Whoever serves this version without links to pages serves locators.
                if (!e.code().equals(SalesforceErrors.NOT_FOUND)) {
                    throw e;
                }
                byLinks = false;
            }
        }
        submit(job.path() + "/results?maxRecords=" + pageRows);
    }

    private String results(String locator) {
        return job.path() + "/results?maxRecords=" + pageRows + "&locator=" + HttpRequest.encoded(locator);
    }

    private boolean hasLink() {
        while (links.isEmpty() && nextLinks != null) {
            list();
        }
        return !links.isEmpty();
    }

    /** Reads the next answer with links; the guide names the link to the one after it in two ways. */
    private void list() {
        String path = Objects.requireNonNull(nextLinks);
        once(path);
        JsonNode answer = calls.getObject(path);
        for (JsonNode page : answer.path("resultPages")) {
            links.add(path(page.path("resultUrl").asText()));
        }
        emptyLists = links.isEmpty() ? emptyLists + 1 : 0;
        if (emptyLists > MAX_EMPTY_LISTS) {
            throw job.bad("lists no results, and links to another list without end");
        }
        JsonNode next = answer.hasNonNull("nextRecordUrl") ? answer.get("nextRecordUrl") : answer.get("nextRecordsUrl");
        boolean isLast = answer.path("done").asBoolean(false)
                || next == null
                || next.asText().isBlank()
                || next.asText().equals("null");
        nextLinks = isLast ? null : path(next.asText());
    }

    /** The path of a link, which must be one of this job, as the token is sent there. */
    private String path(String link) {
        try {
            URI uri = URI.create(link);
            String path = uri.getRawPath();
            if (path != null && path.startsWith(job.path() + "/")) {
                return uri.getRawQuery() == null ? path : path + "?" + uri.getRawQuery();
            }
        } catch (IllegalArgumentException e) {
            // Falls through to the error.
        }
        throw job.bad("has a link that is not one of the job's results");
    }

    private void once(String path) {
        if (!seen.add(path) || seen.size() > MAX_PAGES) {
            throw job.bad("leads to a page of results that was read before");
        }
    }

    private void submit(String path) {
        once(path);
        Callable<SalesforceBulkDownload.Page> fetch = () -> download.fetch(path);
        ahead.add(threads.submit(fetch));
    }

    private SalesforceBulkDownload.Page result(Future<SalesforceBulkDownload.Page> page) {
        try {
            return page.get();
        } catch (InterruptedException e) {
            throw KeywharfException.interrupted(job.subject(), e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof KeywharfException failure) {
                throw failure.code().equals(SalesforceErrors.NOT_FOUND)
                        ? SalesforceBulkJob.unknown(calls, job.id(), failure)
                        : failure;
            }
            throw new IllegalStateException(e.getCause());
        }
    }

    /** Ends the downloads under way. */
    @Override
    public void close() {
        threads.shutdownNow();
        boolean interrupted = Thread.interrupted();
        try {
            // Files are deleted afterwards, which a download that goes on would make again.
            if (!threads.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
                LOG.atDebug().addKeyValue("job", job.id()).log("A download does not end");
            }
        } catch (InterruptedException e) {
            interrupted = true;
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
