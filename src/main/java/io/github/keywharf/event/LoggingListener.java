package io.github.keywharf.event;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import org.slf4j.spi.LoggingEventBuilder;

/** Logs each event to SLF4J, under a logger with the event's name, with its work and facts as key-values. */
final class LoggingListener implements EventListener {

    static final LoggingListener INSTANCE = new LoggingListener();

    private LoggingListener() {}

    @Override
    public void onEvent(Event event) {
        Logger logger = LoggerFactory.getLogger("keywharf." + event.name());
        Level level = switch (event.level()) {
            case DEBUG -> Level.DEBUG;
            case INFO -> Level.INFO;
            case WARNING -> Level.WARN;
            case ERROR -> Level.ERROR;
        };
        if (!logger.isEnabledForLevel(level)) {
            return;
        }
        LoggingEventBuilder line = logger.atLevel(level);
        line = line.addKeyValue("subject", event.subject());
        Work work = event.work();
        if (work.organisation().isPresent()) {
            line = line.addKeyValue("organisation", work.organisation().get());
        }
        if (!work.task().isEmpty()) {
            line = line.addKeyValue("task", work.task());
        }
        for (Fact fact : event.facts()) {
            line = line.addKeyValue(fact.name(), fact.shown());
        }
        line.log(event.message());
    }
}
