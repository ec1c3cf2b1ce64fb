package io.github.keywharf.event;

import io.github.keywharf.CheckReturnValue;
import io.github.keywharf.Organisation;
import io.github.keywharf.internal.Cut;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Work that an event belongs to, which distinguishes two tenants that load {@code daily.csv} concurrently, and two loads of
 * one tenant.
 *
 * @param organisation owner of the data, if known
 * @param task id of the load, run or batch, which all of its events share, and no others; empty if there is none. At most {@value #MAX_TASK_LENGTH} characters. Not a secret, and with too many values for a metric's tag
 */
public record Work(Optional<Organisation> organisation, String task) {

    /** The longest id of a task. */
    public static final int MAX_TASK_LENGTH = 200;

    /** Work without an organisation or a task. */
    public static final Work NONE = new Work(Optional.empty(), "");

    private static final AtomicLong STARTED = new AtomicLong();

    /** Checks the task's id. */
    public Work {
        if (task.length() > MAX_TASK_LENGTH) {
            throw new IllegalArgumentException("A task's id has up to " + MAX_TASK_LENGTH + " characters, not "
                    + task.length() + ": " + Cut.to(task, 40));
        }
    }

    /** Creates work on an organisation's data, without a task. */
    public static Work of(Organisation organisation) {
        return new Work(Optional.of(organisation), "");
    }

    /** Returns the work of a task for the same organisation. */
    @CheckReturnValue
    public Work withTask(String id) {
        return new Work(organisation, id);
    }

    /** Returns this work with a new task id, such as {@code load-3}, unless it has one. */
    public Work started(String kind) {
        return task.isEmpty() ? withTask(kind + "-" + STARTED.incrementAndGet()) : this;
    }

    /** Prefix of a displayed subject: the organisation's id and a blank, or nothing. */
    String prefix() {
        return organisation.map(id -> id + " ").orElse("");
    }
}
