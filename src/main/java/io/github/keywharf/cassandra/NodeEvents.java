package io.github.keywharf.cassandra;

import com.datastax.oss.driver.api.core.metadata.Node;
import com.datastax.oss.driver.api.core.metadata.NodeStateListenerBase;
import com.datastax.oss.driver.api.core.session.Session;
import io.github.keywharf.event.EventListener;
import io.github.keywharf.event.Work;

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
            listener.info("cassandra.node.up", Work.NONE, address(node), "The node is up" + datacenter(node));
        }
    }

    @Override
    public void onDown(Node node) {
        if (open) {
            listener.warning("cassandra.node.down", Work.NONE, address(node), "The node is down" + datacenter(node));
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
        String name = node.getDatacenter();
        return name == null || name.isEmpty() ? "" : " (data centre " + name + ")";
    }
}
