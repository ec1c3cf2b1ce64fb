package io.github.keywharf.batch;

import io.github.keywharf.Organisation;
import io.github.keywharf.http.HttpBody;
import io.github.keywharf.http.HttpResponse;
import java.io.InputStream;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/**
 * Limits how many requests of a tenant are under way, until the last byte of their answers: a server has so many turns, and
 * slow requests of one tenant would otherwise take all of them. Thread-safe.
 */
final class TenantTurns {
    /** The most requests of a tenant at a time, 24: its unfinished uploads, and some questions besides. */
    static final int MAX = 24;

    private final Map<Organisation, Integer> taken = new ConcurrentHashMap<>();

    /** The answer, which keeps the turn until it is closed; where there is no turn left, another one. */
    HttpResponse in(Organisation tenant, Supplier<HttpResponse> answer, Supplier<HttpResponse> refusal) {
        if (taken.merge(tenant, 1, Integer::sum) > MAX) {
            leave(tenant);
            return refusal.get();
        }
        boolean isAnswered = false;
        try {
            HttpResponse made = answer.get();
            HttpResponse held = made.withBody(new Held(made.body(), () -> leave(tenant)));
            isAnswered = true;
            return held;
        } finally {
            if (!isAnswered) {
                leave(tenant);
            }
        }
    }

    private void leave(Organisation tenant) {
        taken.computeIfPresent(tenant, (of, turns) -> turns == 1 ? null : turns - 1);
    }

    /** A body that ends something when it is closed. */
    private static final class Held implements HttpBody {
        private final HttpBody body;
        private final Runnable end;
        private final AtomicBoolean closed = new AtomicBoolean();

        Held(HttpBody body, Runnable end) {
            this.body = body;
            this.end = end;
        }

        @Override
        public OptionalLong length() {
            return body.length();
        }

        @Override
        public boolean isReplayable() {
            return body.isReplayable();
        }

        @Override
        public InputStream open() {
            return body.open();
        }

        @Override
        public void close() {
            try {
                body.close();
            } finally {
                if (closed.compareAndSet(false, true)) {
                    end.run();
                }
            }
        }
    }
}
