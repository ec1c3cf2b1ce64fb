package io.github.keywharf.internal;

import java.util.concurrent.ThreadFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Daemon threads, which never keep a program running. Uncaught failures are logged. */
public final class Threads {
    private static final Logger LOG = LoggerFactory.getLogger(Threads.class);

    private Threads() {}

    /** Returns a factory of daemon threads that share one name. */
    public static ThreadFactory named(String name) {
        return work -> daemon(name, work);
    }

    /** Creates a daemon thread, which the caller starts. */
    public static Thread daemon(String name, Runnable work) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        thread.setUncaughtExceptionHandler((ended, failure) -> LOG.atError()
                .setCause(failure)
                .addKeyValue("thread", ended.getName())
                .log("A thread ended with a failure that nothing caught"));
        return thread;
    }
}
