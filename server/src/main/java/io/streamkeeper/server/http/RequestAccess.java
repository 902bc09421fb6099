package io.streamkeeper.server.http;

import io.streamkeeper.protocol.Command;
import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.Refusal;
import io.streamkeeper.protocol.RefusedException;
import io.streamkeeper.protocol.StreamPath;
import io.streamkeeper.server.http.parse.Intent;
import io.streamkeeper.server.http.parse.SignatureParameter;
import io.streamkeeper.server.http.request.HeaderName;
import io.streamkeeper.server.http.request.HttpRequest;
import io.streamkeeper.server.http.request.Method;
import io.streamkeeper.server.http.route.Routes;
import io.streamkeeper.server.security.Action;
import io.streamkeeper.server.security.Authentication;
import io.streamkeeper.server.security.Credentials;
import io.streamkeeper.server.security.Principal;
import io.streamkeeper.server.security.SecurityPolicy;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the security policy about the requests of one connection, before anything of them is executed. It remembers the
 * last credentials of the connection and who has sent them, until they expire or the policy changes, so that a client
 * that sends the same ones again causes no authentication. Owned by the connection's loop.
 *
 * <p>A path is decoded here by the same function as for its execution, so that both mean the same stream.
 */
final class RequestAccess {
    private static final Logger LOG = LoggerFactory.getLogger(RequestAccess.class);

    private final HttpServer server;
    private final SecurityPolicy policy;

    // The last credentials that were valid.
    private @Nullable Credentials last;
    private Authentication lastResult = Authentication.refused("");
    private CompletableFuture<Authentication> lastDone = CompletableFuture.completedFuture(lastResult);
    private long lastChanges;

    RequestAccess(HttpServer server, SecurityPolicy policy) {
        this.server = server;
        this.policy = policy;
    }

    /** Whether the policy decides about the request: it is one of a stream, and not about the methods of a path. */
    boolean concerns(HttpRequest request, Routes routes) {
        return action(request.method()) != null
                && routes.find(request.path()) == null
                && routes.isOfStreams(request.path());
    }

    private static @Nullable Action action(Method method) {
        return switch (method) {
            case GET, HEAD -> Action.READ;
            case PUT -> Action.CREATE;
            case POST -> Action.APPEND;
            case DELETE -> Action.DELETE;
            case OPTIONS, OTHER -> null;
        };
    }

    // ---- who ----

    /**
     * Determines who has sent a request: at once if it has the same credentials as the last one.
     *
     * @throws RefusedException if the request has contradictory credentials
     */
    CompletableFuture<Authentication> authenticate(HttpRequest request) {
        Credentials credentials = credentials(request);
        if (last != null
                && lastChanges == server.policyChanges()
                && isSame(last.authorization(), credentials.authorization())
                && isSame(last.signature(), credentials.signature())
                && isValid(lastResult)) {
            return lastDone;
        }
        long changes = server.policyChanges();
        CompletableFuture<Authentication> result = policy.authenticate(credentials);
        if (result.isDone() && !result.isCompletedExceptionally()) {
            last = credentials;
            lastDone = result;
            lastResult = result.join();
            lastChanges = changes;
        }
        return result;
    }

    private boolean isValid(Authentication result) {
        return result.principal() != null
                && !result.principal().hasExpired(server.clock().nowMillis());
    }

    /** Compares in a time that does not depend on the place of the first difference. */
    private static boolean isSame(@Nullable String known, @Nullable String given) {
        if (known == null || given == null) {
            return known == null && given == null;
        }
        int differences = known.length() ^ given.length();
        for (int i = 0; i < Math.min(known.length(), given.length()); i++) {
            differences |= known.charAt(i) ^ given.charAt(i);
        }
        return differences == 0;
    }

    private static Credentials credentials(HttpRequest request) {
        String authorization = request.header(HeaderName.AUTHORIZATION);
        String signature = SignatureParameter.of(request);
        if (signature != null && authorization != null) {
            throw new RefusedException(
                    ErrorCode.INVALID_PARAMETER,
                    "the request has Authorization and the parameter signature; expected one of them");
        }
        if (signature != null) {
            return new Credentials(null, signature);
        }
        return authorization == null ? Credentials.NONE : new Credentials(single(authorization), null);
    }

    /**
     * The value of a field that the client may have repeated.
     *
     * @throws RefusedException if the values differ
     */
    private static String single(String list) {
        int comma = list.indexOf(',');
        if (comma < 0) {
            return list;
        }
        String first = list.substring(0, comma).strip();
        for (String value : list.split(",", -1)) {
            if (!value.strip().equals(first)) {
                throw new RefusedException(
                        ErrorCode.INVALID_HEADER,
                        "authorization came several times with different values; expected it once");
            }
        }
        return first;
    }

    // ---- what ----

    /**
     * Decides whether a request may be executed.
     *
     * @throws RefusedException if it may not
     */
    void check(Principal principal, HttpRequest request, Routes routes) {
        String root = routes.root();
        Action action = action(request.method());
        if (root != null && action != null) {
            StreamPath path = StreamPath.parse(request.path().substring(root.length()));
            if (!path.isReserved() && !policy.allows(principal, action, path)) {
                throw new RefusedException(denied(principal, action));
            }
        }
    }

    /**
     * Returns who has sent a request.
     *
     * @param result complete
     * @throws RefusedException if the credentials are not valid, or cannot be checked now
     */
    static Principal principal(CompletableFuture<Authentication> result) {
        if (result.isCompletedExceptionally()) {
            result.exceptionally(fault -> {
                LOG.error("a request could not be authenticated", fault);
                return Authentication.unavailable("");
            });
            throw new RefusedException(
                    ErrorCode.OVERLOADED, "the server failed to check the credentials; try again later");
        }
        Authentication authentication = result.join();
        if (authentication.principal() != null) {
            return authentication.principal();
        }
        throw new RefusedException(
                authentication.mayPass() ? ErrorCode.OVERLOADED : ErrorCode.UNAUTHENTICATED, authentication.problem());
    }

    /** The refusal of a fork whose source the principal may not read; null for any other request. */
    @Nullable
    Refusal deniedSource(Intent intent, @Nullable Principal principal) {
        return principal != null
                        && intent instanceof Intent.OnStream onStream
                        && onStream.command() instanceof Command.Create create
                        && create.fork() != null
                        && !policy.allows(principal, Action.READ, create.fork().source())
                ? denied(principal, Action.READ)
                : null;
    }

    /** Releases the body of a create that is not executed. */
    static void release(Intent intent) {
        if (intent instanceof Intent.OnStream onStream && onStream.command() instanceof Command.Create create) {
            create.body().release();
        }
    }

    /** The same whether a stream exists or not. */
    private static Refusal denied(Principal principal, Action action) {
        return principal.isAnonymous()
                ? Refusal.of(
                        ErrorCode.UNAUTHENTICATED,
                        "to " + action.text() + " here requires authentication; expected Authorization: Bearer and a"
                                + " token")
                : Refusal.of(ErrorCode.FORBIDDEN, "you may not " + action.text() + " here");
    }
}
