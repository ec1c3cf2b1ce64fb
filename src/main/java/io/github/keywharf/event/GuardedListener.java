package io.github.keywharf.event;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Listener whose failures do not reach the work. */
record GuardedListener(EventListener listener) implements EventListener {

    private static final Logger LOG = LoggerFactory.getLogger(EventListener.class);

    static EventListener of(EventListener listener) {
        return listener instanceof GuardedListener ? listener : new GuardedListener(listener);
    }

    @Override
    public void onEvent(Event event) {
        try {
            listener.onEvent(event);
        } catch (RuntimeException | Error e) {
            LOG.atWarn().setCause(e).addKeyValue("subject", event.subject()).log("An event listener failed");
        }
    }
}
