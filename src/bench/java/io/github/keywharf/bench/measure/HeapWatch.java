package io.github.keywharf.bench.measure;

import com.sun.management.GarbageCollectionNotificationInfo;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.lang.management.MemoryUsage;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import javax.management.ListenerNotFoundException;
import javax.management.Notification;
import javax.management.NotificationEmitter;
import javax.management.NotificationListener;
import javax.management.openmbean.CompositeData;

/**
 * What the heap holds while something runs: the most after a collection (an upper bound of what is alive), the most at
 * any look, and how much is allocated, as the collector sees it.
 */
public final class HeapWatch implements AutoCloseable, NotificationListener {

    /**
     * Megabytes.
     *
     * @param afterCollection the most that a collection left; 0 when there was none
     * @param used the most at any look, garbage included
     * @param allocated in all
     */
    public record Peak(long afterCollection, long used, long allocated) {
        static final Peak NONE = new Peak(0, 0, 0);

        Peak larger(Peak other) {
            return new Peak(
                    Math.max(afterCollection, other.afterCollection),
                    Math.max(used, other.used),
                    Math.max(allocated, other.allocated));
        }
    }

    private static final long LOOK_MILLIS = 5;

    private final Set<String> pools = ManagementFactory.getMemoryPoolMXBeans().stream()
            .filter(pool -> pool.getType() == MemoryType.HEAP)
            .map(MemoryPoolMXBean::getName)
            .collect(Collectors.toSet());
    private final Thread looker = new Thread(this::look, "heap-watch");
    private volatile boolean stopped;
    private long lastAfter = used();
    private long afterCollection;
    private long allocated;
    private volatile long most = lastAfter;

    private HeapWatch() {}

    /** Collects garbage, and starts to watch. */
    public static HeapWatch start() {
        System.gc();
        HeapWatch watch = new HeapWatch();
        for (GarbageCollectorMXBean bean : ManagementFactory.getGarbageCollectorMXBeans()) {
            if (bean instanceof NotificationEmitter emitter) {
                emitter.addNotificationListener(watch, null, null);
            }
        }
        watch.looker.setDaemon(true);
        watch.looker.start();
        return watch;
    }

    private static long used() {
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    private void look() {
        while (!stopped) {
            most = Math.max(most, used());
            try {
                TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    @Override
    public void handleNotification(Notification notification, Object handback) {
        if (notification.getType().equals(GarbageCollectionNotificationInfo.GARBAGE_COLLECTION_NOTIFICATION)
                && notification.getUserData() instanceof CompositeData data) {
            var info = GarbageCollectionNotificationInfo.from(data).getGcInfo();
            long before = heap(info.getMemoryUsageBeforeGc());
            long after = heap(info.getMemoryUsageAfterGc());
            synchronized (this) {
                allocated += Math.max(0, before - lastAfter);
                lastAfter = after;
                afterCollection = Math.max(afterCollection, after);
            }
        }
    }

    private long heap(Map<String, MemoryUsage> byPool) {
        return byPool.entrySet().stream()
                .filter(entry -> pools.contains(entry.getKey()))
                .mapToLong(entry -> entry.getValue().getUsed())
                .sum();
    }

    /** What it was up to now. */
    public synchronized Peak peak() {
        long now = used();
        long all = allocated + Math.max(0, now - lastAfter);
        return new Peak(afterCollection >> 20, Math.max(most, now) >> 20, all >> 20);
    }

    @Override
    public void close() {
        stopped = true;
        looker.interrupt();
        for (GarbageCollectorMXBean bean : ManagementFactory.getGarbageCollectorMXBeans()) {
            if (bean instanceof NotificationEmitter emitter) {
                try {
                    emitter.removeNotificationListener(this);
                } catch (ListenerNotFoundException e) {
                    throw new IllegalStateException("The watch was not listening", e);
                }
            }
        }
    }
}
