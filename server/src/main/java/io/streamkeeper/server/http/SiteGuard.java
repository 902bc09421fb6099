package io.streamkeeper.server.http;

import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.Quoted;
import io.streamkeeper.protocol.Refusal;
import io.streamkeeper.server.http.parse.RequestParser;
import io.streamkeeper.server.http.request.HeaderName;
import io.streamkeeper.server.http.request.HttpRequest;
import io.streamkeeper.server.http.request.Method;
import io.streamkeeper.server.http.respond.CrossOriginRule;
import io.streamkeeper.server.http.route.Route;
import io.streamkeeper.server.http.route.Routes;
import org.jspecify.annotations.Nullable;

/**
 * Refuses requests that browsers send for web pages of other sites. Headers of a response stop no write: a page may
 * send a POST with {@code text/plain} without asking, and cannot read the response only afterwards. So a write whose
 * {@code Origin} is neither the server's own nor allowed is refused before it is executed. So is a listing, and any other
 * request whose answer names streams: a page may read the streams whose paths it knows, but not learn the paths. Immutable.
 */
final class SiteGuard {
    /** Lets no page of another site write. */
    static final SiteGuard STRICT = new SiteGuard(CrossOriginRule.of(CrossOriginRule.NONE));

    private static final String SCHEME_END = "://";

    private final CrossOriginRule origins;

    SiteGuard(CrossOriginRule origins) {
        this.origins = origins;
    }

    /** The refusal of a request; null if it may be executed. */
    @Nullable
    Refusal refusal(HttpRequest request, Listener listener) {
        HostRule hosts = listener.hosts();
        String authority = request.authority();
        if (!hosts.allows(authority)) {
            return Refusal.of(
                    ErrorCode.HOST_NOT_ALLOWED,
                    "host " + Quoted.of(String.valueOf(authority))
                            + " is not a name of this server; expected an"
                            + " address, a name without a dot, or a name in --allowed-hosts");
        }
        boolean lists = lists(request, listener.routes());
        if (!request.has(HeaderName.ORIGIN) || (isRead(request.method()) && !lists)) {
            return null;
        }
        String origin = String.valueOf(request.header(HeaderName.ORIGIN));
        return origins.allowsWrites(origin) || isOwn(origin, authority, hosts)
                ? null
                : Refusal.of(
                        ErrorCode.ORIGIN_NOT_ALLOWED,
                        "a page of " + Quoted.of(origin) + " may not " + (lists ? "list" : "write")
                                + " here; expected an origin in --cors-origin");
    }

    private static boolean lists(HttpRequest request, Routes routes) {
        Route route = routes.find(request.path());
        return route == null
                ? RequestParser.isForListing(request, routes)
                : route.use().namesStreams() && request.method() != Method.OPTIONS;
    }

    private static boolean isRead(Method method) {
        return method == Method.GET || method == Method.HEAD || method == Method.OPTIONS;
    }

    /**
     * Whether the origin is that of this server. Another scheme with the same host and port is the same server, because
     * a proxy may have received the request over TLS.
     */
    private static boolean isOwn(String origin, @Nullable String authority, HostRule hosts) {
        int scheme = origin.indexOf(SCHEME_END);
        return authority != null
                && scheme > 0
                && hosts.isOwn(authority)
                && origin.substring(scheme + SCHEME_END.length()).equalsIgnoreCase(withoutDefaultPort(authority));
    }

    /** Browsers omit the default port of a scheme in {@code Origin}; other clients may write it in {@code Host}. */
    private static String withoutDefaultPort(String authority) {
        for (String port : new String[] {":80", ":443"}) {
            if (authority.endsWith(port) && !authority.endsWith(":" + port)) {
                return authority.substring(0, authority.length() - port.length());
            }
        }
        return authority;
    }
}
