package io.github.keywharf.event;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/** Logs each event to SLF4J, under a logger named after the event's kind, with its subject as a key-value. */
final class LoggingListener implements EventListener {

    static final LoggingListener INSTANCE = new LoggingListener();

    private LoggingListener() {}

    @Override
    public void onEvent(Event event) {
        Logger logger = LoggerFactory.getLogger(event.getClass());
        LoggingEventBuilder line = logger.atLevel(
                switch (event.level()) {
                    case DEBUG -> org.slf4j.event.Level.DEBUG;
                    case INFO -> org.slf4j.event.Level.INFO;
                    case WARNING -> org.slf4j.event.Level.WARN;
                    case ERROR -> org.slf4j.event.Level.ERROR;
                });
        line = line.addKeyValue("subject", event.subject());
        if (event instanceof Progress progress) {
            line = line.addKeyValue("done", progress.done())
                    .addKeyValue("total", progress.total())
                    .addKeyValue("unit", progress.unit());
        }
        line.log(event.message());
    }
}
