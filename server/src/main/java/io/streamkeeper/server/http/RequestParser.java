package io.streamkeeper.server.http;

import io.streamkeeper.protocol.Command;
import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.Quoted;
import io.streamkeeper.protocol.Refusal;
import io.streamkeeper.protocol.RefusedException;
import io.streamkeeper.protocol.StreamPath;
import io.streamkeeper.server.config.RetentionConfig;
import io.streamkeeper.server.http.decode.HttpRequest;
import io.streamkeeper.server.http.decode.Method;
import io.streamkeeper.server.shard.BodySplitting;
import org.jspecify.annotations.Nullable;

/**
 * Makes an {@link Intent} of a request: every rule of the protocol that needs no stream to be looked at. One for each event
 * loop, used by that loop only.
 */
public final class RequestParser {
    private static final String HEALTH_PATH = "/health";
    private static final String HEALTH_ALLOW = "GET, HEAD";
    private static final String STREAM_ALLOW = "GET, HEAD, PUT, POST, DELETE, OPTIONS";

    private final String root;
    private final BodyParser bodies;
    private final CreateParser creates;
    private final AppendParser appends;

    /**
     * Streams are named relative to {@code root}, which begins and ends with a slash.
     *
     * @param retention what streams keep that say nothing of it
     * @throws IllegalArgumentException if it does not
     */
    public RequestParser(String root, RetentionConfig retention, BodyParser bodies) {
        if (!root.startsWith("/") || !root.endsWith("/")) {
            throw new IllegalArgumentException(
                    "root " + Quoted.of(root) + " is not valid; expected a path that begins and ends with /");
        }
        this.root = root;
        this.bodies = bodies;
        this.creates = new CreateParser(root, retention, bodies);
        this.appends = new AppendParser(bodies);
    }

    /**
     * Takes over the body of a request that has to be split before the request is parsed, because it is long; null for any
     * other request.
     */
    @Nullable
    BodySplitting begin(HttpRequest request) {
        return bodies.begin(request);
    }

    /** Takes over the request and its body: what comes of it is the only thing left to release. */
    public Intent parse(HttpRequest request) {
        try {
            Intent intent = intent(request);
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
        return intent instanceof Intent.OnStream onStream
                && (onStream.command() instanceof Command.Create || onStream.command() instanceof Command.Append);
    }

    private Intent intent(HttpRequest request) {
        if (request.method() == Method.OPTIONS) {
            return new Intent.Preflight();
        }
        String path = request.path();
        if (path.equals(HEALTH_PATH)) {
            return healthIntent(request);
        }
        return path.startsWith(root)
                ? streamIntent(request, StreamPath.parse(path.substring(root.length())))
                : notFound(path);
    }

    private Intent streamIntent(HttpRequest request, StreamPath path) {
        if (path.isReserved()) {
            return notFound(request.path());
        }
        return switch (request.method()) {
            case GET -> new Intent.OnStream(read(request, path));
            case HEAD -> new Intent.OnStream(describe(request, path));
            case PUT -> new Intent.OnStream(creates.parse(request, path));
            case POST -> new Intent.OnStream(appends.parse(request, path));
            case DELETE -> new Intent.OnStream(delete(request, path));
            case OPTIONS, OTHER -> notAllowed(request, STREAM_ALLOW);
        };
    }

    /** What the conditions of a read are compared with is known when it is answered; that they are valid is known now. */
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

    private static Intent healthIntent(HttpRequest request) {
        boolean allowed = request.method() == Method.GET || request.method() == Method.HEAD;
        return allowed ? new Intent.Health() : notAllowed(request, HEALTH_ALLOW);
    }

    private Intent notFound(String path) {
        String message = "nothing is at " + Quoted.of(path) + "; streams are below " + root;
        return new Intent.Refused(Refusal.of(ErrorCode.NOT_FOUND, message), null);
    }

    private static Intent notAllowed(HttpRequest request, String allow) {
        String message = "method " + Quoted.of(request.methodText()) + " is not allowed here; expected " + allow;
        return new Intent.Refused(Refusal.of(ErrorCode.METHOD_NOT_ALLOWED, message), allow);
    }
}
