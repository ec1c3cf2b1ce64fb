package io.github.keywharf.sharing;

import io.github.keywharf.store.ObjectReader;
import io.github.keywharf.store.ObjectStore;
import io.github.keywharf.store.StoredObject;
import io.github.keywharf.testing.ForwardingStore;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A process that dies at one call of the places that it works with, before or after the call has had its effect: from then on each
 * call fails, also those that clean up.
 */
public final class Mortal {
    private int callsLeft = Integer.MAX_VALUE;
    private boolean lastIsCarriedOut;
    private boolean dead;

    /** What a dead process would not see. */
    public static final class Dead extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Dead(@Nullable Object lastAnswer) {
            super("It is dead, and does not get the answer " + lastAnswer);
        }
    }

    /** Dies at the call of that number, from 0. */
    public void dieAt(int call, boolean carriedOut) {
        callsLeft = call;
        lastIsCarriedOut = carriedOut;
    }

    /** A place as this process reaches it. */
    public <T> T reaching(Class<T> kind, T place) {
        return kind.cast(Proxy.newProxyInstance(
                kind.getClassLoader(), new Class<?>[] {kind}, (self, method, arguments) -> {
                    if (method.getDeclaringClass() == Object.class
                            || method.getName().equals("name")) {
                        return invoke(method, place, arguments);
                    }
                    return call(() -> invoke(method, place, arguments));
                }));
    }

    /** A store as this process reaches it. */
    public ObjectStore reaching(ObjectStore store) {
        return new ForwardingStore(store) {
            @Override
            public Stream<StoredObject> list(String prefix) {
                return call(() -> super.list(prefix));
            }

            @Override
            public ObjectReader open(String key) {
                return call(() -> super.open(key));
            }

            @Override
            public boolean createIfAbsent(String key, byte[] content) {
                return call(() -> super.createIfAbsent(key, content));
            }

            @Override
            public void delete(String key) {
                call(() -> {
                    super.delete(key);
                    return key;
                });
            }
        };
    }

    private synchronized <T> T call(Supplier<T> work) {
        if (!dead && callsLeft-- > 0) {
            return work.get();
        }
        boolean carriedOut = !dead && lastIsCarriedOut;
        dead = true;
        throw new Dead(carriedOut ? work.get() : null);
    }

    private static Object invoke(Method method, Object place, Object[] arguments) {
        try {
            return method.invoke(place, arguments);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            throw new IllegalStateException(e);
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
    }
}
