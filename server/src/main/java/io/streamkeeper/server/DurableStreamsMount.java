package io.streamkeeper.server;

import io.netty.channel.ChannelHandler;
import io.streamkeeper.server.config.ServerConfig;
import io.streamkeeper.server.http.HostRule;
import io.streamkeeper.server.http.HttpServer;
import io.streamkeeper.server.http.Listener;
import io.streamkeeper.server.http.ListenerKind;
import io.streamkeeper.server.mount.MountHandler;
import io.streamkeeper.server.security.SecurityPolicy;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Serves the streams of a {@link DurableStreams} below a path of another Netty server, on its connections and event
 * loops. Add a {@link #newHandler} to each of its pipelines, after the HTTP codec and before the handlers that answer
 * all other requests:
 *
 * <pre>
 *   pipeline.addLast(new HttpServerCodec());
 *   pipeline.addLast(mount.newHandler());
 *   pipeline.addLast(new OwnHandler());
 * </pre>
 *
 * <p>Requires {@code netty-codec-http}, which such a server already uses. Close it once, before the event loops end, or
 * together with the streams. Safe for use by any thread.
 */
public final class DurableStreamsMount implements AutoCloseable, Serving {
    private final DurableStreams streams;
    private final String root;
    private final HttpServer http;
    private final Listener listener;
    private final Runnable endsServing;

    /** Owns {@code policy}, also if it fails. */
    private DurableStreamsMount(DurableStreams streams, ServerConfig config, @Nullable SecurityPolicy policy)
            throws IOException {
        this.streams = streams;
        this.root = config.root();
        this.http = streams.newHttpServer(config, policy, null);
        this.listener = http.listener(ListenerKind.PUBLIC, HostRule.ANY);
        this.endsServing = streams.engine().serve(policy, null);
        streams.attach(this);
    }

    /**
     * Serves streams below {@code root}. The limits of a connection and the number of connections come from the
     * configuration with which the streams were opened; its root and its listen addresses are not used.
     *
     * @param streams to close them closes the mount; to close the mount leaves them open
     * @param root begins and ends with a slash, such as {@code /api/streams/}
     * @return the mount, which creates handlers until it is closed
     * @throws IllegalArgumentException if {@code root} does not begin and end with a slash, or a file of the security
     *     configuration is not valid
     * @throws IllegalStateException if the streams are closed
     * @throws IOException if a file of the security configuration cannot be read, or the audit log cannot be
     *     written
     */
    public static DurableStreamsMount at(DurableStreams streams, String root) throws IOException {
        ServerConfig config = below(streams, root);
        return new DurableStreamsMount(streams, config, Exposure.policy(config));
    }

    /**
     * Serves streams below {@code root} to clients that a policy allows.
     *
     * @param streams as for {@link #at(DurableStreams, String)}
     * @param root as for {@link #at(DurableStreams, String)}
     * @param policy decides who may do what, in place of the configuration; closed with the mount, or if it cannot be created
     * @return the mount, which creates handlers until it is closed
     * @throws IllegalArgumentException if {@code root} does not begin and end with a slash
     * @throws IllegalStateException if the streams are closed
     * @throws IOException if the audit log cannot be written
     */
    public static DurableStreamsMount at(DurableStreams streams, String root, SecurityPolicy policy)
            throws IOException {
        return new DurableStreamsMount(streams, below(streams, root), policy);
    }

    private static ServerConfig below(DurableStreams streams, String root) {
        return streams.config().toBuilder().root(root).build();
    }

    /**
     * {@return a handler for one connection} Requests below the root are answered; all other messages are passed to the
     * handlers after it. Responses are sent in the order of the requests, whichever handler produces them.
     */
    public ChannelHandler newHandler() {
        return new MountHandler(root, listener);
    }

    /**
     * Answers requests in flight and waiting long-polls, ends event streams, and closes the connections that have
     * requested streams. Returns when this is complete, or at the latest after the configured {@code
     * shutdownTimeoutMillis}.
     */
    @Override
    public void stop() {
        long waitNanos = TimeUnit.MILLISECONDS.toNanos(streams.config().shutdownTimeoutMillis());
        endsServing.run();
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
