package io.streamkeeper.server.http;

import io.netty.channel.Channel;
import io.streamkeeper.protocol.Command;
import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.Refusal;
import io.streamkeeper.protocol.RefusedException;
import io.streamkeeper.protocol.StreamPath;
import io.streamkeeper.server.http.parse.Intent;
import io.streamkeeper.server.http.parse.ListParser;
import io.streamkeeper.server.http.parse.RequestParser;
import io.streamkeeper.server.http.parse.SignatureParameter;
import io.streamkeeper.server.http.request.HeaderName;
import io.streamkeeper.server.http.request.HttpRequest;
import io.streamkeeper.server.http.request.Method;
import io.streamkeeper.server.http.route.Route;
import io.streamkeeper.server.http.route.RouteRight;
import io.streamkeeper.server.http.route.Routes;
import io.streamkeeper.server.security.Action;
import io.streamkeeper.server.security.Authentication;
import io.streamkeeper.server.security.Credentials;
import io.streamkeeper.server.security.Principal;
import io.streamkeeper.server.security.SecurityPolicy;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the security policy about the requests of one connection, before anything of them is executed; the streams of a
 * connection of HTTP/2 share it. It remembers the last credentials of the connection and who has sent them, until they
 * expire or the policy changes, so that a client that sends the same ones again causes no authentication. A connection
 * has at most one certificate, so two of its requests never differ in it. Owned by the connection's loop.
 *
 * <p>The path of a stream is decoded once for the decision and the execution, so that both mean the same stream.
 */
final class RequestAccess {
    private static final Logger LOG = LoggerFactory.getLogger(RequestAccess.class);

    /** Characters of credentials that are remembered at most; longer ones are authenticated each time. */
    private static final int REMEMBERED_CHARS_MAX = 4 << 10;

    private static final CompletableFuture<Authentication> NOT_ACCEPTED = CompletableFuture.completedFuture(
            Authentication.refused("the issuer of the certificate is not accepted any more"));

    private final HttpServer server;
    private final SecurityPolicy policy;
    private final ClientIdentity client;

    // The last credentials, if they are valid or are being authenticated, and the value of Authorization in them, if it
    // is
    // the only one.
    private @Nullable Credentials last;
    private byte @Nullable [] lastAuthorization;
    private CompletableFuture<Authentication> lastResult =
            CompletableFuture.completedFuture(Authentication.refused(""));
    private long lastChanges;

    private RequestAccess(HttpServer server, SecurityPolicy policy, ClientIdentity client) {
        this.server = server;
        this.policy = policy;
        this.client = client;
    }

    /** For the connection {@code channel}; null if everybody may do everything. */
    static @Nullable RequestAccess of(HttpServer server, Listener listener, Channel channel) {
        SecurityPolicy policy = server.policy();
        return policy == null
                ? null
                : new RequestAccess(server, policy, new ClientIdentity(channel, listener.tls(), server.workers()));
    }

    /**
     * Whether the policy decides about the request: it is one of a stream, of a listing or of administration, and not
     * about the methods of a path.
     */
    boolean concerns(HttpRequest request, Routes routes) {
        if (actions(request.method()).isEmpty()) {
            return false;
        }
        Route route = routes.find(request.path());
        if (route != null) {
            return route.right() != null;
        }
        return routes.isOfStreams(request.path())
                || RequestParser.isForListing(request, routes)
                || RequestParser.isForStreams(request, routes);
    }

    /**
     * What a request with this method does with a stream; empty if it does nothing with one. A change of metadata sets
     * what a creation sets, and may drop data, as a deletion does.
     */
    static List<Action> actions(Method method) {
        return switch (method) {
            case GET, HEAD -> List.of(Action.READ);
            case PUT -> List.of(Action.CREATE);
            case POST -> List.of(Action.APPEND);
            case DELETE -> List.of(Action.DELETE);
            case PATCH -> List.of(Action.CREATE, Action.DELETE);
            case OPTIONS, OTHER -> List.of();
        };
    }

    // ---- who ----

    /**
     * Determines who has sent a request: at once if it has the same credentials as the last one.
     *
     * @throws RefusedException if the request has contradictory credentials, or the policy fails
     */
    CompletableFuture<Authentication> authenticate(HttpRequest request) {
        if (isLast(request)) {
            return lastResult;
        }
        Credentials credentials = credentials(request);
        if (last != null
                && lastChanges == server.policyChanges()
                && isSame(last.authorization(), credentials.authorization())
                && isSame(last.signature(), credentials.signature())
                && (last.certificate() == null) == (credentials.certificate() == null)
                && mayBeValid(lastResult)) {
            return lastResult;
        }
        long changes = server.policyChanges();
        CompletableFuture<Authentication> result = ask(credentials);
        if (isShort(credentials) && mayBeValid(result)) {
            last = credentials;
            lastAuthorization = credentials.authorization() == null
                    ? null
                    : credentials.authorization().getBytes(StandardCharsets.ISO_8859_1);
            lastResult = result;
            lastChanges = changes;
        } else {
            last = null;
        }
        return result;
    }

    /**
     * Whether a request has the same {@code Authorization} as the last one, and nothing else that could be credentials:
     * the usual case, which creates no object.
     */
    private boolean isLast(HttpRequest request) {
        return last != null
                && lastAuthorization != null
                && lastChanges == server.policyChanges()
                && request.query() == null
                && request.isField(HeaderName.AUTHORIZATION, lastAuthorization)
                && mayBeValid(lastResult);
    }

    /** Forgets credentials whose authentication has taken a while, if they are not valid; {@code result} is complete. */
    void completed(CompletableFuture<Authentication> result) {
        if (lastResult == result && !mayBeValid(result)) {
            last = null;
        }
    }

    private CompletableFuture<Authentication> ask(Credentials credentials) {
        if (credentials.certificate() == null) {
            return askPolicy(credentials);
        }
        CompletableFuture<Boolean> accepted = client.isAccepted();
        return accepted.isDone() && !accepted.isCompletedExceptionally()
                ? askIfAccepted(accepted.join(), credentials)
                : accepted.thenCompose(isAccepted -> askIfAccepted(isAccepted, credentials));
    }

    private CompletableFuture<Authentication> askIfAccepted(boolean isAccepted, Credentials credentials) {
        return isAccepted ? askPolicy(credentials) : NOT_ACCEPTED;
    }

    private CompletableFuture<Authentication> askPolicy(Credentials credentials) {
        try {
            return Objects.requireNonNull(policy.authenticate(credentials), "the policy has returned null");
        } catch (RuntimeException | Error e) {
            throw failed(e);
        }
    }

    private static RefusedException failed(Throwable fault) {
        LOG.error("the security policy has failed", fault);
        return new RefusedException(
                ErrorCode.INTERNAL_ERROR, "the server failed to decide whether the request is allowed");
    }

    private static boolean isShort(Credentials credentials) {
        return length(credentials.authorization()) + length(credentials.signature()) <= REMEMBERED_CHARS_MAX;
    }

    private static int length(@Nullable String text) {
        return text == null ? 0 : text.length();
    }

    /** Whether the credentials are valid, or are being authenticated. */
    private boolean mayBeValid(CompletableFuture<Authentication> result) {
        if (!result.isDone()) {
            return true;
        }
        Authentication known = result.isCompletedExceptionally() ? null : result.join();
        return known != null
                && known.principal() != null
                && (known.principal().expiresAtMillis() == Long.MAX_VALUE
                        || !known.principal().hasExpired(server.clock().nowMillis()));
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

    private Credentials credentials(HttpRequest request) {
        String authorization = request.header(HeaderName.AUTHORIZATION);
        String signature = SignatureParameter.of(request);
        if (signature != null && authorization != null) {
            throw new RefusedException(
                    ErrorCode.INVALID_PARAMETER,
                    "the request has Authorization and the parameter signature; expected one of them");
        }
        if (signature != null) {
            return new Credentials(null, signature, null);
        }
        if (authorization != null) {
            return new Credentials(single(authorization), null, null);
        }
        X509Certificate certificate = client.certificate();
        return certificate == null ? Credentials.NONE : new Credentials(null, null, certificate);
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
     * Decides about a request.
     *
     * @param result complete
     * @param changes the number of changes of the policy before the authentication
     * @throws RefusedException if it may not be executed, or the policy fails
     */
    void decide(
            Exchange exchange,
            HttpRequest request,
            Routes routes,
            CompletableFuture<Authentication> result,
            long changes) {
        Principal principal = principal(result);
        exchange.authorized(principal, changes);
        check(principal, request, routes);
    }

    /**
     * Decides whether a request may be executed.
     *
     * @throws RefusedException if it may not, or the policy fails
     */
    void check(Principal principal, HttpRequest request, Routes routes) {
        Route route = routes.find(request.path());
        if (route != null) {
            check(principal, request, route.right());
            return;
        }
        if (RequestParser.isForStreams(request, routes)) {
            // The right to read is required for each of the streams, when it is read.
            if (!allowsAnywhere(principal, Action.READ)) {
                throw new RefusedException(denied(principal, Action.READ));
            }
            return;
        }
        if (RequestParser.isForListing(request, routes)) {
            if (!allowsListing(principal, ListParser.prefix(request))) {
                throw new RefusedException(denied(principal, Action.LIST));
            }
            return;
        }
        String root = routes.root();
        List<Action> actions = actions(request.method());
        if (root != null && !actions.isEmpty()) {
            check(principal, actions, request.streamPath(root));
        }
    }

    private void check(Principal principal, List<Action> actions, StreamPath path) {
        if (path.isReserved()) {
            return;
        }
        for (Action action : actions) {
            if (!allows(principal, action, path)) {
                throw new RefusedException(
                        actions.size() == 1
                                ? denied(principal, action)
                                : denied(
                                        principal,
                                        "change metadata here, which requires the rights to create and to delete"));
            }
        }
    }

    private void check(Principal principal, HttpRequest request, @Nullable RouteRight right) {
        if (right == null) {
            return;
        }
        boolean allowed = right.path() == null
                ? allowsAnywhere(principal, right.action())
                : allows(principal, right.action(), right.path().apply(request));
        if (!allowed) {
            throw new RefusedException(denied(principal, right.action()));
        }
    }

    /** Whether a principal may read a stream; false if the policy fails. */
    boolean mayRead(Principal principal, StreamPath path) {
        try {
            return allows(principal, Action.READ, path);
        } catch (RefusedException e) {
            return false;
        }
    }

    /** Whether a principal may list a stream; false if the policy fails. */
    boolean mayList(Principal principal, String path) {
        try {
            return allowsListing(principal, path);
        } catch (RefusedException e) {
            return false;
        }
    }

    /**
     * Whether a principal may list the streams below a prefix, which may be empty or end within a segment; or, with a
     * path, whether the stream there may be on the list.
     */
    boolean allowsListing(Principal principal, String prefixOrPath) {
        return allows(principal, Action.LIST, new StreamPath(prefixOrPath));
    }

    private boolean allowsAnywhere(Principal principal, Action action) {
        try {
            return policy.allowsAnywhere(principal, action);
        } catch (RuntimeException | Error e) {
            throw failed(e);
        }
    }

    private boolean allows(Principal principal, Action action, StreamPath path) {
        try {
            return policy.allows(principal, action, path);
        } catch (RuntimeException | Error e) {
            throw failed(e);
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
                LOG.error("the security policy has failed", fault);
                return Authentication.unavailable("");
            });
            throw new RefusedException(
                    ErrorCode.OVERLOADED, "the server failed to check the credentials; try again later");
        }
        Authentication authentication = result.join();
        if (authentication == null) {
            throw failed(new NullPointerException("the policy has returned null"));
        }
        if (authentication.principal() != null) {
            return authentication.principal();
        }
        throw new RefusedException(
                authentication.mayPass() ? ErrorCode.OVERLOADED : ErrorCode.UNAUTHENTICATED, authentication.problem());
    }

    /** The refusal of a fork whose source the principal may not read; null for any other request. */
    @Nullable
    Refusal deniedSource(Intent intent, @Nullable Principal principal) {
        if (principal == null
                || !(intent instanceof Intent.OnStream onStream)
                || !(onStream.command() instanceof Command.Create create)
                || create.fork() == null) {
            return null;
        }
        try {
            return allows(principal, Action.READ, create.fork().source()) ? null : denied(principal, Action.READ);
        } catch (RefusedException e) {
            return e.refusal();
        }
    }

    /** Releases the body of a create that is not executed. */
    static void release(Intent intent) {
        if (intent instanceof Intent.OnStream onStream && onStream.command() instanceof Command.Create create) {
            create.body().release();
        }
    }

    /** The same whether a stream exists or not. */
    private static Refusal denied(Principal principal, Action action) {
        return denied(principal, action == Action.ADMIN ? "administer the server" : action.text() + " here");
    }

    private static Refusal denied(Principal principal, String what) {
        return principal.isAnonymous()
                ? Refusal.of(
                        ErrorCode.UNAUTHENTICATED,
                        "to " + what + " requires authentication; expected Authorization: Bearer and a" + " token")
                : Refusal.of(ErrorCode.FORBIDDEN, "you may not " + what);
    }
}
