package io.github.keywharf.totesys;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.sql.ChangeFeed;
import io.github.keywharf.sql.SourceSnapshot;
import io.github.keywharf.sql.SourceTable;
import io.github.keywharf.sql.SqlSource;
import io.github.keywharf.sql.Warehouse;
import io.github.keywharf.sql.WarehouseLoad;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * Goes off before or after a chosen durable step of a pipeline: an object that appears in a store, a commit of the
 * warehouse, an acknowledgement of changes. A fuse that went off lets nothing durable happen any more, as if the process
 * had died. Thread-safe.
 */
final class Fuse {

    /** How the process dies; it may also return, and then each step throws. */
    private final Runnable death;

    private final List<String> steps = new ArrayList<>();
    private int chosen = Integer.MAX_VALUE;
    private boolean before;
    private boolean burnt;

    Fuse(Runnable death) {
        this.death = death;
    }

    /** What is thrown once a fuse went off. */
    static final class Burnt extends KeywharfException {
        private static final long serialVersionUID = 1L;

        Burnt() {
            super("test.dead", "process", "It is dead");
        }
    }

    /** Chooses the step to die at, counted from 1 and from now on. */
    synchronized void light(int step, boolean beforeIt) {
        steps.clear();
        burnt = false;
        chosen = step;
        before = beforeIt;
    }

    /** Lets everything happen, and counts from now on. */
    void putOut() {
        light(Integer.MAX_VALUE, false);
    }

    synchronized boolean isBurnt() {
        return burnt;
    }

    /** The steps that were begun since the fuse was lit or put out. */
    synchronized List<String> steps() {
        return List.copyOf(steps);
    }

    /** Does what a dead process cannot do. */
    void alive() {
        synchronized (this) {
            if (!burnt) {
                return;
            }
        }
        throw new Burnt();
    }

    /** Does one durable step, unless death comes first. */
    synchronized <T> T step(String name, Supplier<T> work) {
        alive();
        steps.add(name);
        boolean now = steps.size() == chosen;
        if (now && before) {
            die();
        }
        T result = work.get();
        if (now) {
            die();
        }
        return result;
    }

    private void die() {
        burnt = true;
        death.run();
        throw new Burnt();
    }

    /** A warehouse whose commits are steps. */
    Warehouse warehouse(Warehouse real) {
        return intercepted(Warehouse.class, real, (method, result) -> {
            if (!method.equals("name")) {
                alive();
            }
            Object done = result.get();
            return method.equals("begin") ? load((WarehouseLoad) done) : done;
        });
    }

    private WarehouseLoad load(WarehouseLoad real) {
        return intercepted(WarehouseLoad.class, real, (method, result) -> {
            if (method.equals("commit")) {
                return step("warehouse commit", result);
            }
            if (!method.equals("close")) {
                alive();
            }
            return result.get();
        });
    }

    /** A source whose change feed is acknowledged in steps. */
    SqlSource source(SqlSource real) {
        return new SqlSource() {
            @Override
            public String name() {
                return real.name();
            }

            @Override
            public List<SourceTable> listTables() {
                alive();
                return real.listTables();
            }

            @Override
            public SourceSnapshot snapshot() {
                alive();
                return real.snapshot();
            }

            @Override
            public ChangeFeed changeFeed(String name, List<String> tables) {
                return intercepted(ChangeFeed.class, real.changeFeed(name, tables), (method, result) -> {
                    alive();
                    return method.equals("acknowledge") || method.equals("ensure")
                            ? step("feed " + method, result)
                            : result.get();
                });
            }
        };
    }

    private interface Interceptor {
        Object around(String method, Supplier<Object> call);
    }

    private static <T> T intercepted(Class<T> type, T real, Interceptor interceptor) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(),
                new Class<?>[] {type},
                (proxy, method, arguments) -> interceptor.around(method.getName(), () -> {
                    try {
                        return method.invoke(real, arguments);
                    } catch (InvocationTargetException e) {
                        if (e.getCause() instanceof RuntimeException failure) {
                            throw failure;
                        }
                        throw new IllegalStateException(e.getCause());
                    } catch (IllegalAccessException e) {
                        throw new IllegalStateException(e);
                    }
                })));
    }
}
