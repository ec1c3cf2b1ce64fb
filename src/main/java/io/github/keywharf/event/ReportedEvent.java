package io.github.keywharf.event;

import java.util.List;
import java.util.regex.Pattern;

/** Every event but {@link Progress}. */
record ReportedEvent(Level level, String name, Work work, String subject, String message, List<Fact> facts)
        implements Event {

    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9_]*(\\.[a-z][a-z0-9_]*)+");

    ReportedEvent {
        if (name.length() > MAX_NAME_LENGTH || !NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("'" + TaskLine.clipped(name, MAX_NAME_LENGTH)
                    + "' is not an event's name; use words of lower-case letters, digits and underscores, with dots"
                    + " between them, such as orders.export.finished");
        }
        facts = List.copyOf(facts);
    }

    @Override
    public String toString() {
        return level + " " + name + " [" + work.prefix() + subject + "] " + message + " " + facts;
    }
}
