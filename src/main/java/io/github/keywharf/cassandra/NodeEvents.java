package io.github.keywharf.cassandra;

import com.datastax.oss.driver.api.core.metadata.Node;
import com.datastax.oss.driver.api.core.metadata.NodeStateListenerBase;
import com.datastax.oss.driver.api.core.session.Session;
import io.github.keywharf.event.EventListener;
import java.util.Objects;

/** Reports to a listener the nodes that come up and go down, once the session is open. */
final class NodeEvents extends NodeStateListenerBase {
    private final EventListener listener;
    private volatile boolean open;

    NodeEvents(EventListener listener) {
        this.listener = listener;
    }

    @Override
    public void onSessionReady(Session session) {
        open = true;
    }

    @Override
    public void onUp(Node node) {
        if (open) {
            listener.onEvent(new CassandraEvent.NodeUp(address(node), datacenter(node)));
        }
    }

    @Override
    public void onDown(Node node) {
        if (open) {
            listener.onEvent(new CassandraEvent.NodeDown(address(node), datacenter(node)));
        }
    }

    @Override
    public void close() {
        open = false;
    }

    private static String address(Node node) {
        return node.getEndPoint().toString();
    }

    private static String datacenter(Node node) {
        return Objects.requireNonNullElse(node.getDatacenter(), "");
    }
}
