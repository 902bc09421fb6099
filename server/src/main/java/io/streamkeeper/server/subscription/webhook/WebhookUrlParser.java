package io.streamkeeper.server.subscription.webhook;

import io.streamkeeper.protocol.Digits;
import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.Quoted;
import io.streamkeeper.protocol.RefusedException;
import java.util.Locale;

/**
 * Reads one URL of a webhook. It accepts one spelling of each thing and refuses all others, so that no two programs can
 * read a URL differently. Used once.
 *
 * <pre>
 *   https://host[:port][/path][?query]
 * </pre>
 */
final class WebhookUrlParser {
    private static final int LENGTH_MAX = 2_048;
    private static final int PORT_MAX = 65_535;
    private static final int PORT_DIGITS_MAX = 5;
    private static final String HTTPS = "https://";
    private static final String HTTP = "http://";

    /** Printable characters that no part of a URL contains (RFC 3986). */
    private static final String NO_URL_CHARACTERS = "\\\"<>^`{|}";

    private final String url;
    private final WebhookRules rules;

    WebhookUrlParser(String url, WebhookRules rules) {
        this.url = url;
        this.rules = rules;
    }

    WebhookUrl parse() {
        checkCharacters();
        boolean isTls = startsWith(HTTPS);
        if (!isTls && !startsWith(HTTP)) {
            throw refused("begins with no scheme that is supported; expected " + schemes());
        }
        int begin = isTls ? HTTPS.length() : HTTP.length();
        int end = endOfAuthority(begin);
        String authority = url.substring(begin, end).toLowerCase(Locale.ROOT);
        checkAuthority(authority);
        int hostEnd = endOfHost(authority);
        WebhookHost host = host(authority.substring(0, hostEnd));
        if (host.isLocal() && !rules.allowLocal()) {
            throw refused("is this machine, to which the server sends only with allow-local-webhooks");
        }
        if (!isTls && !host.isLocal()) {
            throw refused("begins with http; expected " + schemes());
        }
        int port = port(authority.substring(hostEnd), isTls ? WebhookUrl.HTTPS_PORT : WebhookUrl.HTTP_PORT);
        String rest = url.substring(end);
        String target = rest.startsWith("/") ? rest : "/" + rest;
        String written = WebhookUrl.authority(host.name(), port, isTls);
        String text = (isTls ? HTTPS : HTTP) + written + rest;
        return new WebhookUrl(text, isTls, host.isLocal(), host.name(), host.literal(), port, target);
    }

    private boolean startsWith(String scheme) {
        return url.regionMatches(true, 0, scheme, 0, scheme.length());
    }

    private String schemes() {
        return rules.allowLocal() ? "https, or http to localhost" : "https";
    }

    private void checkCharacters() {
        if (url.length() > LENGTH_MAX) {
            throw refused("has " + url.length() + " characters; expected at most " + LENGTH_MAX);
        }
        for (int i = 0; i < url.length(); i++) {
            char c = url.charAt(i);
            if (c <= ' ' || c > '~' || NO_URL_CHARACTERS.indexOf(c) >= 0) {
                throw refused("has the character U+" + String.format(Locale.ROOT, "%04X", (int) c) + " at place " + i
                        + "; expected it percent-encoded, or in a host name in Punycode (xn--)");
            }
        }
        if (url.indexOf('#') >= 0) {
            throw refused("has a fragment, which is not sent; expected none");
        }
    }

    private int endOfAuthority(int begin) {
        int end = begin;
        while (end < url.length() && url.charAt(end) != '/' && url.charAt(end) != '?') {
            end++;
        }
        return end;
    }

    private void checkAuthority(String authority) {
        if (authority.indexOf('@') >= 0) {
            throw refused("has a user or a password; expected a host name after the scheme");
        }
        if (authority.indexOf('%') >= 0) {
            throw refused("has a percent sign in its host; expected a host name, or an address without a zone");
        }
    }

    /** The index after the host: of the colon before the port, or of the end. */
    private int endOfHost(String authority) {
        int colon = authority.startsWith("[") ? authority.indexOf("]:") + 1 : authority.indexOf(':');
        return colon > 0 ? colon : authority.length();
    }

    private WebhookHost host(String text) {
        try {
            return WebhookHost.of(text);
        } catch (IllegalArgumentException e) {
            throw refused(String.valueOf(e.getMessage()));
        }
    }

    private int port(String colonAndPort, int byDefault) {
        if (colonAndPort.isEmpty()) {
            return checked(byDefault);
        }
        String text = colonAndPort.substring(1);
        int port =
                Digits.are(text) && text.length() <= PORT_DIGITS_MAX && !text.startsWith("0") ? Digits.toInt(text) : 0;
        if (port < 1 || port > PORT_MAX) {
            throw refused("has the port " + Quoted.of(text) + "; expected 1 to " + PORT_MAX);
        }
        return checked(port);
    }

    private int checked(int port) {
        if (!rules.ports().contains(port)) {
            throw refused("has the port " + port + "; expected one of " + rules.ports());
        }
        return port;
    }

    private RefusedException refused(String problem) {
        return new RefusedException(
                ErrorCode.WEBHOOK_URL_REJECTED, "the webhook URL " + Quoted.of(url) + " " + problem);
    }
}
