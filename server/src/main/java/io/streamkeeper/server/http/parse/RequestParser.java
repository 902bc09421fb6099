package io.streamkeeper.server.http.parse;

import io.streamkeeper.protocol.Command;
import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.Quoted;
import io.streamkeeper.protocol.Refusal;
import io.streamkeeper.protocol.RefusedException;
import io.streamkeeper.protocol.StreamPath;
import io.streamkeeper.server.config.RetentionConfig;
import io.streamkeeper.server.http.request.HttpRequest;
import io.streamkeeper.server.http.request.Method;
import io.streamkeeper.server.http.route.Route;
import io.streamkeeper.server.http.route.Routes;
import io.streamkeeper.server.shard.BodySplitting;
import org.jspecify.annotations.Nullable;

/**
 * Creates an {@link Intent} from a request: applies every rule of the protocol that does not depend on a stream's
 * state. One for each event loop, used by that loop only.
 */
public final class RequestParser {
    private final BodyParser bodies;
    private final CreateParser creates;
    private final AppendParser appends;
    private final int streamsMax;

    /**
     * Parses requests of any listener.
     *
     * @param retention the default for streams whose creation does not specify it
     * @param streamsMax how many streams a request may name
     */
    public RequestParser(RetentionConfig retention, BodyParser bodies, int streamsMax) {
        this.bodies = bodies;
        this.creates = new CreateParser(retention, bodies);
        this.appends = new AppendParser(bodies);
        this.streamsMax = streamsMax;
    }

    /** Whether a request follows many streams, or changes which ones a session follows: it has no path of a stream. */
    public static boolean isForStreams(HttpRequest request, Routes routes) {
        return StreamsParser.isFor(request, routes);
    }

    /** Whether such a request changes which streams a session follows. */
    public static boolean isForSession(HttpRequest request) {
        return StreamsParser.isChange(request);
    }

    /** Whether a request lists streams: it reads their root, and names no streams. */
    public static boolean isForListing(HttpRequest request, Routes routes) {
        return routes.isRootRead(request.method(), request.path()) && !isForStreams(request, routes);
    }

    /** Whether a request begins a response that follows many streams. */
    public static boolean beginsStreams(HttpRequest request, Routes routes) {
        return isForStreams(request, routes) && !StreamsParser.isChange(request);
    }

    /** The longest body of a request for at most {@code streamsMax} streams, see {@link #isForStreams}. */
    public static int streamsBodyBytesMax(int streamsMax) {
        return StreamsParser.bodyBytesMax(streamsMax);
    }

    /** The most heap that {@link #parse} needs for such a request, and the intent until it is executed. */
    public static long streamsHeapBytesMax(HttpRequest request, int streamsMax) {
        return StreamsParser.heapBytesMax(request.body().readableBytes(), streamsMax);
    }

    /**
     * Begins to split the body of a request if it is so long that this has to be done in steps, before the request is
     * parsed, and owns it from then on; null for any other request.
     */
    public @Nullable BodySplitting begin(HttpRequest request) {
        return bodies.begin(request);
    }

    /** Begins to parse a request that follows many streams, which may take many steps, and owns it. */
    public StreamsParser beginStreams(HttpRequest request) {
        return new StreamsParser(request, streamsMax);
    }

    /**
     * Parses the request, and owns it with its body from then on: the caller has to release only the intent.
     *
     * @param routes those of the listener that received the request
     */
    public Intent parse(HttpRequest request, Routes routes) {
        if (isForStreams(request, routes)) {
            StreamsParser parser = beginStreams(request);
            while (!parser.step()) {}
            return parser.intent();
        }
        try {
            Intent intent = intent(request, routes);
            if (!ownsBody(intent)) {
                request.release();
            }
            return intent;
        } catch (RefusedException e) {
            request.release();
            return new Intent.Refused(e.refusal(), null);
        }
    }

    private static boolean ownsBody(Intent intent) {
        return intent instanceof Intent.Routed
                || (intent instanceof Intent.OnStream onStream
                        && (onStream.command() instanceof Command.Create
                                || onStream.command() instanceof Command.Append));
    }

    private Intent intent(HttpRequest request, Routes routes) {
        String path = request.path();
        if (request.method() == Method.OPTIONS) {
            return new Intent.Options(routes.methods(path));
        }
        Route route = routes.find(path);
        if (route != null) {
            return route.methods().contains(request.method())
                    ? new Intent.Routed(route, request)
                    : notAllowed(request, routes);
        }
        String root = routes.root();
        if (isForListing(request, routes)) {
            return ListParser.intent(request);
        }
        return root != null && path.startsWith(root)
                ? streamIntent(request, request.streamPath(root), routes, root)
                : notFound(path, routes);
    }

    private Intent streamIntent(HttpRequest request, StreamPath path, Routes routes, String root) {
        if (path.isReserved()) {
            return notFound(request.path(), routes);
        }
        return switch (request.method()) {
            case GET -> new Intent.OnStream(read(request, path));
            case HEAD -> new Intent.OnStream(describe(request, path));
            case PUT -> new Intent.OnStream(creates.parse(request, path, root));
            case POST -> new Intent.OnStream(appends.parse(request, path));
            case DELETE -> new Intent.OnStream(delete(request, path));
            case PATCH -> new Intent.OnStream(ChangeParser.parse(request, path));
            case OPTIONS, OTHER -> notAllowed(request, routes);
        };
    }

    /** Checks that the conditions of a read are valid; whether they hold is known only when it is answered. */
    private static Command.Read read(HttpRequest request, StreamPath path) {
        Conditions.ofRead(request);
        return ReadParser.parse(request, path);
    }

    private static Command.Describe describe(HttpRequest request, StreamPath path) {
        Conditions.ofRead(request);
        return new Command.Describe(path);
    }

    private static Command.Delete delete(HttpRequest request, StreamPath path) {
        Conditions.checkNoneOfAppends(request);
        return new Command.Delete(path, Conditions.ofWrite(request));
    }

    private static Intent notFound(String path, Routes routes) {
        return new Intent.Refused(Refusal.of(ErrorCode.NOT_FOUND, routes.nothingAt(path)), null);
    }

    private static Intent notAllowed(HttpRequest request, Routes routes) {
        String allow = routes.methods(request.path());
        String message = "method " + Quoted.of(request.methodText()) + " is not allowed here; expected " + allow;
        return new Intent.Refused(Refusal.of(ErrorCode.METHOD_NOT_ALLOWED, message), allow);
    }
}
