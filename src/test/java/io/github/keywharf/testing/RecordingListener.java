package io.github.keywharf.testing;

import io.github.keywharf.event.Event;
import io.github.keywharf.event.EventListener;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Remembers every event, for tests. Thread-safe. */
public final class RecordingListener implements EventListener {

    private final List<Event> events = new CopyOnWriteArrayList<>();

    @Override
    public void onEvent(Event event) {
        events.add(event);
    }

    /** The events so far, in the order they came. */
    public List<Event> events() {
        return List.copyOf(events);
    }

    /** The events of that name so far, in the order they came. */
    public List<Event> named(String name) {
        return events.stream().filter(event -> event.name().equals(name)).toList();
    }

    /** The events of one kind so far. */
    public <E extends Event> List<E> events(Class<E> kind) {
        return events.stream().filter(kind::isInstance).map(kind::cast).toList();
    }
}
