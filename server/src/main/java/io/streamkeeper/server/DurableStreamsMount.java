package io.streamkeeper.server;

import io.netty.channel.ChannelHandler;
import io.streamkeeper.server.http.HttpServer;
import io.streamkeeper.server.http.Listener;
import io.streamkeeper.server.http.ListenerKind;
import io.streamkeeper.server.mount.MountHandler;
import java.util.concurrent.TimeUnit;

/**
 * Serves the streams of a {@link DurableStreams} below a path of another Netty server, on its connections and event
 * loops. Its pipelines have a {@link #newHandler} after their HTTP codec and before the handlers that answer everything
 * else:
 *
 * <pre>
 *   pipeline.addLast(new HttpServerCodec());
 *   pipeline.addLast(mount.newHandler());
 *   pipeline.addLast(new OwnHandler());
 * </pre>
 *
 * <p>Needs {@code netty-codec-http}, which such a server has. Closed once, before the event loops end, or together with
 * the streams; safe for use by any thread.
 */
public final class DurableStreamsMount implements AutoCloseable, Serving {
    private final DurableStreams streams;
    private final String root;
    private final HttpServer http;
    private final Listener listener;

    private DurableStreamsMount(DurableStreams streams, String root) {
        this.streams = streams;
        this.root = root;
        this.http =
                streams.newHttpServer(streams.config().toBuilder().root(root).build());
        this.listener = http.listener(ListenerKind.PUBLIC);
        streams.attach(this);
    }

    /**
     * Serves streams below {@code root}. The limits of a connection and the number of connections are those of the
     * configuration that the streams were opened with; its own root and where it listens are not used.
     *
     * @param streams closing them closes the mount; closing the mount leaves them open
     * @param root begins and ends with a slash, such as {@code /api/streams/}
     * @return the mount, which makes handlers until it is closed
     * @throws IllegalArgumentException if {@code root} does not begin and end with a slash
     * @throws IllegalStateException if the streams are closed
     */
    public static DurableStreamsMount at(DurableStreams streams, String root) {
        return new DurableStreamsMount(streams, root);
    }

    /**
     * {@return a handler for one connection} Requests below the root are answered; all other messages are passed to the
     * handlers after it. Responses leave in the order of the requests, whichever handler makes them.
     */
    public ChannelHandler newHandler() {
        return new MountHandler(root, listener);
    }

    /**
     * Answers requests in flight and waiting long-polls, ends event streams, and closes the connections that have
     * requested streams. Returns when that is done, after the configured time at the latest.
     */
    @Override
    public void stop() {
        long waitNanos = TimeUnit.MILLISECONDS.toNanos(streams.config().shutdownTimeoutMillis());
        http.stop();
        http.awaitConnectionsClosed(System.nanoTime() + waitNanos);
        streams.detach(this);
    }

    /** The same as {@link #stop}. */
    @Override
    public void close() {
        stop();
    }
}
