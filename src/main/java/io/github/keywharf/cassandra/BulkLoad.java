package io.github.keywharf.cassandra;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.event.EventListener;
import io.github.keywharf.event.Fact;
import io.github.keywharf.event.Progress;
import io.github.keywharf.event.Work;
import io.github.keywharf.internal.Cut;
import io.github.keywharf.table.LeftOut;
import io.github.keywharf.table.RejectedRow;
import io.github.keywharf.table.WriteCounts;
import io.github.keywharf.table.WriteReport;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One load: reads windows, sends their requests, and sees to it that each row is acknowledged or rejected. All of it runs
 * on the caller's thread; the driver's threads only count what ended.
 */
final class BulkLoad {
    /** Windows that may be under way at a time: the next is grouped while the last requests of one are answered. */
    private static final int MAX_OPEN = 2;

    private static final long REPORT_EVERY = Duration.ofSeconds(1).toNanos();
    private static final long CHECK_EVERY = Duration.ofSeconds(5).toNanos();
    private static final long ABANDON_AFTER = Duration.ofSeconds(15).toNanos();

    private final String subject;
    private final BulkOptions options;
    private final BulkPlan plan;
    private final BulkRequests requests;
    private final BulkSender sender;
    private final BulkNodes nodes;
    private final BulkHistory history;
    private final RowPace pace;
    private final BulkTrouble trouble;
    private final BulkTarget target;
    private final EventListener listener;
    private final Work work;
    private final WriteCounts counts;
    private final BulkProgressLog log;
    private final BulkClock clock;
    private final Deque<BulkWindow> open = new ArrayDeque<>();
    private final int copies;
    private final @Nullable BulkDistinct distinct;
    private BulkTotals done;
    private long written;

    /** What a later run need not send: less than what is done while rows are sent again. */
    private BulkTotals sure;

    private int replays;
    private long lastReported = System.nanoTime();
    private long lastChecked = System.nanoTime();

    BulkLoad(BulkTarget target, BulkOptions options, WriteCounts counts, BulkProgressLog log) {
        this.target = target;
        this.subject = target.subject();
        this.options = options;
        this.plan = target.plan;
        this.counts = counts;
        this.log = log;
        this.clock = new BulkClock(
                row -> plan.timestamp(row, 0),
                target.context.clock(),
                options.timestamp == null && plan.givesTimestamps);
        this.listener = target.listener;
        this.work = target.work;
        this.requests = target.requests;
        this.sender = new BulkSender(target.context.session(), new BulkLimiter(options.parallelism), subject);
        this.nodes = target.nodes;
        this.copies = target.copies;
        this.distinct = options.serverTimestamps && !plan.isCounter() ? new BulkDistinct(plan) : null;
        this.history = new BulkHistory(
                plan.isCounter() ? Duration.ZERO : options.resendWindow, options.resendMemory, log.before());
        this.pace = new RowPace(options.rowsPerSecond, subject);
        this.trouble = new BulkTrouble(subject, options.patience);
        this.done = log.before();
        this.written = log.before().written();
        counts.leaveOut(LeftOut.byRejection(log.before().rejected()));
        this.sure = log.before();
    }

    /** Loads all rows from where the reader stands. */
    WriteReport run(BulkReader reader) {
        try {
            clock.requireNear(reader.read(), subject);
            for (BulkWindow window = reader.next(); window != null; window = reader.next()) {
                if (distinct == null) {
                    load(window, MAX_OPEN);
                } else {
                    for (BulkWindow part : distinct.split(window)) {
                        load(part, 1);
                    }
                }
            }
            work(open::isEmpty);
            while (checkNodes(0) || awaitSilent()) {
                work(open::isEmpty);
            }
            awaitTime(reader.read());
            counts.requireClosed(written);
        } catch (RuntimeException | Error e) {
            sender.abandon(ABANDON_AFTER);
            try {
                log.stopped(sure, history.settled());
            } catch (RuntimeException notNoted) {
                e.addSuppressed(notNoted);
            }
            throw e;
        }
        WriteReport report = counts.report(written, done.bytes());
        log.finished(done, counts.rows().leftOut(), report.took());
        listener.onEvent(new Progress(work, task(), done.rows(), done.rows(), "rows", true));
        listener.info(
                "cassandra.load.finished",
                work,
                subject,
                report.toString(),
                Fact.count("rows", report.written()),
                Fact.count("rejected", report.rejected()),
                Fact.bytes("bytes", report.bytes()),
                Fact.time("took", report.took()));
        return report;
    }

    private void load(BulkWindow window, int mostOpen) {
        awaitTime(window.firstRow());
        open.addLast(window);
        requests.add(window);
        work(() -> !requests.any() && open.size() < mostOpen);
        checkNodes(CHECK_EVERY);
    }

    private void work(BooleanSupplier done) {
        settle();
        while (!done.getAsBoolean()) {
            BulkSender.Failure failure = step();
            if (failure != null) {
                handle(failure);
            }
            settle();
        }
    }

    /** Waits until the timestamp of a row has come, for tables whose timestamps may pass faster than the time. */
    private void awaitTime(long row) {
        for (long ahead = clock.ahead(row); ahead > 0; ahead = clock.ahead(row)) {
            BulkSender.Failure failure = sender.pause(ahead);
            if (failure != null) {
                handle(failure);
            }
            settle();
        }
    }

    /** Sends one request if there is one and room for it, or waits for what is under way. */
    private BulkSender.@Nullable Failure step() {
        long pause = trouble.pause();
        if (pause > 0) {
            return sender.pause(pause);
        }
        if (!requests.any()) {
            return sender.awaitAnswer(REPORT_EVERY);
        }
        BulkSender.Failure failure = sender.awaitRoom();
        if (failure != null) {
            return failure;
        }
        BulkRequest request = requests.next();
        if (request == null) {
            return null;
        }
        if (trouble.isSuspect(request)) {
            sendAlone(request);
            return null;
        }
        pace.take(request.rows.length);
        sender.send(request);
        return null;
    }

    /** Sends a request that was under way whenever the connection broke, with nothing else under way. */
    private void sendAlone(BulkRequest request) {
        int before = replays;
        for (BulkSender.Failure other = sender.awaitIdle(); other != null; other = sender.awaitIdle()) {
            handle(other);
        }
        if (replays > before) {
            // Its rows are among those that are sent again anyway.
            return;
        }
        sender.send(request);
        BulkSender.Failure failure = sender.awaitIdle();
        if (failure == null) {
            return;
        }
        BulkFailure kind = BulkFailure.of(failure.cause());
        if (kind == BulkFailure.DISCONNECTED && trouble.isGuilty(request)) {
            requests.isolate(request, "The connection broke each time that the row was sent: " + said(failure.cause()));
            recover(failure.cause());
        } else {
            handle(failure);
        }
    }

    private void handle(BulkSender.Failure failure) {
        if (failure.cause() instanceof Error error) {
            throw error;
        }
        BulkRequest request = failure.request();
        BulkFailure kind = BulkFailure.of(failure.cause());
        if (kind == BulkFailure.FATAL) {
            throw CassandraErrors.of(subject, "The rows cannot be written", failure.cause());
        }
        take(request, kind, failure.cause());
        if (kind.asksForLess()) {
            sender.overloaded();
            if (trouble.overloaded(sender.answered(), sender.limit())) {
                listener.info(
                        "cassandra.load.throttled",
                        work,
                        subject,
                        "The server cannot keep up, at most " + sender.limit() + " requests at a time from now on: "
                                + said(failure.cause()),
                        Fact.count("in_flight", sender.limit()));
            }
        }
        if (kind.mayBeAnOutage()) {
            recover(failure.cause());
        }
    }

    /** Decides what becomes of a request that failed. */
    private void take(BulkRequest request, BulkFailure kind, Throwable cause) {
        if (plan.isCounter() && !kind.isCertainlyUndone()) {
            requests.reject(request, CassandraSink.OUTCOME_UNKNOWN + said(cause));
            return;
        }
        request.failed(kind == BulkFailure.DISCONNECTED);
        boolean undone = kind.isCertainlyUndone() || (kind == BulkFailure.UNAVAILABLE && !request.severalPartitions);
        if (kind == BulkFailure.UNAVAILABLE && !undone && plan.needsAttempts()) {
            // Taken apart, the rows can wait for their replicas without using up their timestamps.
            requests.isolate(request, said(cause));
        } else if (kind == BulkFailure.REFUSED || (kind == BulkFailure.FAILED && trouble.isPersistent(request))) {
            requests.isolate(request, "The server refuses the row: " + said(cause));
        } else {
            trouble.requireTime(request, cause);
            requests.again(request, undone);
        }
    }

    private static String said(Throwable cause) {
        Throwable telling = CassandraErrors.telling(cause);
        String message = telling.getMessage();
        String text = message == null || message.isBlank()
                ? telling.getClass().getSimpleName()
                : CassandraErrors.quote(message);
        return Cut.to(text, 300);
    }

    /** Waits for a node, and sends again what one of them may have forgotten. */
    private void recover(Throwable cause) {
        long began = System.nanoTime();
        listener.warning("cassandra.load.outage_began", work, subject, "The load waits for a node: " + said(cause));
        collect();
        BulkNodes.Look look = nodes.awaitAnswer(options.patience, cause);
        Duration lasted = Duration.ofNanos(System.nanoTime() - began);
        listener.info(
                "cassandra.load.outage_ended",
                work,
                subject,
                String.format(Locale.ROOT, "A node answers again after %.1f s", lasted.toMillis() / 1e3),
                Fact.time("took", lasted));
        if (look.sendAgain()) {
            replay(look);
        } else {
            nodes.confirmIfElsewhere(copies);
        }
    }

    /** Waits until nothing is under way, and keeps what failed. */
    private void collect() {
        for (BulkSender.Failure other = sender.awaitIdle(); other != null; other = sender.awaitIdle()) {
            BulkFailure kind = BulkFailure.of(other.cause());
            if (kind == BulkFailure.FATAL) {
                throw CassandraErrors.of(subject, "The rows cannot be written", other.cause());
            }
            take(other.request(), kind, other.cause());
        }
    }

    /** Sends again all that is not certainly kept: windows under way, and those acknowledged a short while ago. */
    private void replay(BulkNodes.Look look) {
        if (sendsOnce()) {
            return;
        }
        sure = history.settled();
        if (!history.lacksRows(look.since())) {
            nodes.sentAgain(look.since());
        } else if (nodes.mayHaveLost(look.since()) < copies) {
            // Each row is on another node too, for certain; else one dead node would keep all later rows from settling.
            nodes.confirm(false);
        } else if (look.restarted() >= copies && nodes.tellGenerations()) {
            throw atRisk(look.since(), look.restarted() == 1 ? "A node was" : look.restarted() + " nodes were");
        } else {
            nodes.awaitAgain(look.since());
        }
        replayKept();
    }

    /** Whether nothing is sent again of what was acknowledged. */
    private boolean sendsOnce() {
        return plan.isCounter() || options.resendWindow.isZero();
    }

    private KeywharfException atRisk(long since, String who) {
        return KeywharfException.retryable(
                "cassandra.rows_at_risk",
                subject,
                who + " restarted or did not come back, and may have forgotten rows "
                        + (history.firstLacking(since) + 1) + " to " + history.endLacking()
                        + ", which are not in memory any more; load the same rows again, which is harmless, or go on"
                        + " from the checkpoint if there is one. A greater resendMemory or a lower rate keeps more");
    }

    /**
     * At the end of the load, waits for nodes that do not answer, if rows may be on no other nodes than these.
     *
     * @return whether there is more to send
     */
    private boolean awaitSilent() {
        if (sendsOnce()) {
            return false;
        }
        long end = System.nanoTime() + options.patience.toNanos();
        while (nodes.mayLackRows(copies)) {
            long since = nodes.seenAll();
            if (System.nanoTime() - end >= 0) {
                if (history.lacksRows(since)) {
                    throw atRisk(since, nodes.mayHaveLost(since) + " nodes");
                }
                nodes.confirm(true);
                replayKept();
                return true;
            }
            nodes.pause();
            BulkNodes.Look look = nodes.look();
            if (look.sendAgain()) {
                replay(look);
                return true;
            }
        }
        return false;
    }

    private void replayKept() {
        List<BulkWindow> windows = history.takeAll();
        windows.addAll(open);
        open.clear();
        open.addAll(windows);
        requests.restart(windows);
        replays++;
        if (!windows.isEmpty()) {
            long rows = windows.stream().mapToLong(BulkWindow::size).sum();
            listener.warning(
                    "cassandra.load.rows_resent",
                    work,
                    subject,
                    String.format(
                            Locale.ROOT,
                            "A node was restarted or went away; %,d rows are sent again, those just acknowledged included",
                            rows),
                    Fact.count("rows", rows));
        }
    }

    /** Checks repeatedly whether a node was restarted without a request having failed. */
    private boolean checkNodes(long every) {
        long now = System.nanoTime();
        if (sendsOnce() || now - lastChecked < every) {
            return false;
        }
        lastChecked = now;
        BulkNodes.Look look = nodes.look();
        if (!look.sendAgain()) {
            nodes.confirmIfElsewhere(copies);
            return false;
        }
        collect();
        replay(look);
        return true;
    }

    /** Takes in what was acknowledged, in the order of the rows. */
    private void settle() {
        for (BulkWindow first = open.peekFirst(); first != null && first.isDone(); first = open.peekFirst()) {
            open.removeFirst();
            first.acknowledged = System.nanoTime();
            written += first.takeNewlyWritten(subject);
            done = done.upTo(first.endRow(), first.takeNewBytes());
            tellRejects(first);
            first.settleFor(done);
            sure = first.totals();
            history.add(first, nodes.seenAll());
            log.acknowledged(sure, history.settled());
            tellProgress();
        }
    }

    private void tellRejects(BulkWindow window) {
        List<BulkWindow.Refusal> fresh = window.takeRefusals();
        if (!fresh.isEmpty() && window.wasRefusedByServer()) {
            target.requireUnchanged();
        }
        for (BulkWindow.Refusal refusal : fresh) {
            RejectedRow row = window.rejected(refusal);
            done = done.plus(1);
            counts.rejected(row);
            if (done.rejected() > options.maxRejects) {
                throw new KeywharfException(
                        "cassandra.too_many_rejects",
                        subject,
                        "More than " + options.maxRejects + " rows were rejected, the last one: " + row
                                + "; what was written stays");
            }
        }
        if (!fresh.isEmpty()) {
            window.releaseRefused();
        }
    }

    private String task() {
        return "load " + subject;
    }

    private void tellProgress() {
        long now = System.nanoTime();
        if (now - lastReported >= REPORT_EVERY) {
            lastReported = now;
            listener.onEvent(new Progress(work, task(), done.rows(), 0, "rows", false));
        }
    }
}
