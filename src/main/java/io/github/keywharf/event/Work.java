package io.github.keywharf.event;

import io.github.keywharf.CheckReturnValue;
import io.github.keywharf.Organisation;
import io.github.keywharf.internal.Cut;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Whose work an event belongs to: of two tenants that load {@code daily.csv} concurrently, and of two loads of one tenant.
 *
 * @param organisation whose data it is, where that is known
 * @param task id of the load, run or batch: the same in all of its events, and in those of no other; empty when there is
 *     none. At most {@value #MAX_TASK_LENGTH} characters. Not a secret, and with too many values for a metric's tag
 */
public record Work(Optional<Organisation> organisation, String task) {

    /** The longest id of a task. */
    public static final int MAX_TASK_LENGTH = 200;

    /** Of no organisation and no task in particular. */
    public static final Work NONE = new Work(Optional.empty(), "");

    private static final AtomicLong STARTED = new AtomicLong();

    /** Checks the task's id. */
    public Work {
        if (task.length() > MAX_TASK_LENGTH) {
            throw new IllegalArgumentException("A task's id has up to " + MAX_TASK_LENGTH + " characters, not "
                    + task.length() + ": " + Cut.to(task, 40));
        }
    }

    /** Work on that organisation's data. */
    public static Work of(Organisation organisation) {
        return new Work(Optional.of(organisation), "");
    }

    /** The work of that task, for the same organisation. */
    @CheckReturnValue
    public Work withTask(String id) {
        return new Work(organisation, id);
    }

    /** This work, with an id for a task that begins now, such as {@code load-3}, unless it has one. */
    public Work started(String kind) {
        return task.isEmpty() ? withTask(kind + "-" + STARTED.incrementAndGet()) : this;
    }

    /** What to show before a subject: the organisation's id and a blank, or nothing. */
    String prefix() {
        return organisation.map(id -> id + " ").orElse("");
    }
}
