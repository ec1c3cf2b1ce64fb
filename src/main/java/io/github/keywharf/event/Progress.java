package io.github.keywharf.event;

import io.github.keywharf.table.ColumnBatch;
import io.github.keywharf.table.LeftOut;
import io.github.keywharf.table.Rows;
import io.github.keywharf.table.Schema;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Progress of a task, reported repeatedly while it runs, and once at its end.
 *
 * @param work work that the task belongs to
 * @param subject name of the task, the same text each time: {@code extract sales_order}
 * @param done number of units that are done
 * @param total estimated number of all units; 0 if unknown
 * @param unit counted unit, a {@link Fact}'s name: {@code rows}
 * @param finished true at the end of the task
 */
public record Progress(Work work, String subject, long done, long total, String unit, boolean finished)
        implements Event {

    /** The name of every progress: {@value}. */
    public static final String NAME = "progress";

    private static final String ROWS = "rows";

    /**
     * Rows that report progress while they are read, with each batch and once at their end: for whatever takes long over
     * rows, from any source to any sink. Closing them closes the rows, and reports nothing.
     *
     * <pre>{@code
     * table.write(Progress.watching(Csv.reader(file).rows(), "orders.csv", EventListener.terminal()));
     * }</pre>
     *
     * @param subject what runs, such as {@code load orders.csv}
     */
    public static Rows watching(Rows rows, String subject, EventListener events) {
        if (events == EventListener.NONE) {
            return rows;
        }
        EventListener guarded = events.guarded();
        AtomicLong done = new AtomicLong();
        AtomicBoolean ended = new AtomicBoolean();
        return new Rows() {
            @Override
            public Schema schema() {
                return rows.schema();
            }

            @Override
            public @Nullable ColumnBatch next() {
                ColumnBatch batch = rows.next();
                if (batch != null) {
                    long read = done.addAndGet(batch.size());
                    guarded.onEvent(new Progress(Work.NONE, subject, read, 0, ROWS, false));
                } else if (ended.compareAndSet(false, true)) {
                    guarded.onEvent(new Progress(Work.NONE, subject, done.get(), done.get(), ROWS, true));
                }
                return batch;
            }

            @Override
            public LeftOut leftOut() {
                return rows.leftOut();
            }

            @Override
            public void close() {
                rows.close();
            }
        };
    }

    /** Checks the unit. */
    public Progress {
        if (!Fact.isName(unit)) {
            throw new IllegalArgumentException("'" + TaskLine.clipped(unit, Fact.MAX_NAME_LENGTH)
                    + "' is not a unit of progress; use a fact's name, such as rows");
        }
    }

    @Override
    public Level level() {
        return Level.DEBUG;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String message() {
        return total > 0 && !finished
                ? String.format(Locale.ROOT, "%,d of about %,d %s", done, total, unit)
                : String.format(Locale.ROOT, "%,d %s%s", done, unit, finished ? ", done" : "");
    }

    @Override
    public List<Fact> facts() {
        Fact count = Fact.count(unit, done);
        return total > 0 ? List.of(count, Fact.count("total", total)) : List.of(count);
    }
}
