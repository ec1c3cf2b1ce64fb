package io.github.keywharf.cassandra;

import com.datastax.oss.driver.internal.core.context.NettyOptions;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import io.netty.util.Timer;
import io.netty.util.concurrent.EventExecutorGroup;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.ImmediateEventExecutor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The threads and the timer of the network, for several sessions: made with the first of them, closed with the last. Each
 * session would have seven threads of its own otherwise. Thread-safe.
 */
final class SharedNetwork {
    private int sessions;
    private @Nullable NettyOptions shared;

    /**
     * What one more session uses. It must be closed once by that session, which the driver does also when the session
     * cannot be opened.
     *
     * @param first makes what is shared if there is nothing to share
     */
    synchronized NettyOptions join(Supplier<NettyOptions> first) {
        if (shared == null) {
            shared = first.get();
        }
        sessions++;
        return new Joined(shared);
    }

    private synchronized boolean leave() {
        sessions--;
        if (sessions > 0) {
            return false;
        }
        shared = null;
        return true;
    }

    private final class Joined implements NettyOptions {
        private final NettyOptions all;
        private final AtomicBoolean left = new AtomicBoolean();

        Joined(NettyOptions all) {
            this.all = all;
        }

        @Override
        public EventLoopGroup ioEventLoopGroup() {
            return all.ioEventLoopGroup();
        }

        @Override
        public Class<? extends Channel> channelClass() {
            return all.channelClass();
        }

        @Override
        public EventExecutorGroup adminEventExecutorGroup() {
            return all.adminEventExecutorGroup();
        }

        @Override
        public ByteBufAllocator allocator() {
            return all.allocator();
        }

        @Override
        public void afterBootstrapInitialized(Bootstrap bootstrap) {
            all.afterBootstrapInitialized(bootstrap);
        }

        @Override
        public void afterChannelInitialized(Channel channel) {
            all.afterChannelInitialized(channel);
        }

        @Override
        public Timer getTimer() {
            return all.getTimer();
        }

        @Override
        public Future<Void> onClose() {
            return left.compareAndSet(false, true) && leave()
                    ? all.onClose()
                    : ImmediateEventExecutor.INSTANCE.newSucceededFuture(null);
        }
    }
}
