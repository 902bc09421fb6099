package io.streamkeeper.server.console;

import io.netty.buffer.Unpooled;
import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.Quoted;
import io.streamkeeper.protocol.Refusal;
import io.streamkeeper.server.http.request.HeaderName;
import io.streamkeeper.server.http.request.HttpRequest;
import io.streamkeeper.server.http.respond.AcceptEncoding;
import io.streamkeeper.server.http.respond.ErrorBody;
import io.streamkeeper.server.http.route.Answer;
import io.streamkeeper.server.http.route.Answering;
import io.streamkeeper.server.http.route.Route;
import io.streamkeeper.server.http.route.RouteHandler;
import io.streamkeeper.server.http.route.Routes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves the files of the console, and {@code settings.json}, which states what the listener has. The files are public
 * and the same for everybody.
 */
public final class ConsoleHandler implements RouteHandler {
    private static final Logger LOG = LoggerFactory.getLogger(ConsoleHandler.class);

    /** Its files are below this path. */
    public static final String PATH = Routes.CONSOLE;

    private static final String SETTINGS = "settings.json";
    private static final String JSON = "application/json";

    /** The page loads its own files only, connects to this server only, and is part of no other page. */
    private static final Answer.Field CONTENT_SECURITY = new Answer.Field(
            "Content-Security-Policy",
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none';"
                    + " form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'");

    private static final Answer.Field REVALIDATE = new Answer.Field("Cache-Control", "no-cache");
    private static final Answer.Field VARIES = new Answer.Field("Vary", "Accept-Encoding");

    /** The files, which the first request reads. */
    private static final class Holder {
        static final ConsoleFiles FILES = ConsoleFiles.read();
    }

    private final String settings;
    private final Executor workers;

    private ConsoleHandler(String settings, Executor workers) {
        this.settings = settings;
        this.workers = workers;
    }

    /**
     * The lines of the console in the table of a listener: none if its paths are below the root of the listener's
     * streams or the other way round, because then they are those of streams.
     *
     * @param root the path that streams are below; null if the listener serves none, and has the metrics
     * @param workers threads that may block
     */
    public static List<Route> routes(@Nullable String root, Executor workers) {
        if (root != null && !isBeside(root)) {
            return List.of();
        }
        String settings = root == null ? "{\"metrics\":\"/metrics\"}" : "{\"streams\":\"" + root + "\"}";
        return List.of(
                Route.reading(PATH, new ConsoleHandler(settings, workers)),
                Route.reading(PATH.substring(0, PATH.length() - 1), ConsoleHandler::redirect));
    }

    /** Whether the paths of the console cannot be those of streams, which are below {@code root}. */
    public static boolean isBeside(String root) {
        return !root.startsWith(PATH) && !PATH.startsWith(root);
    }

    private static void redirect(HttpRequest request, Answering answering) {
        answering.accept(Answer.text(308, "text/plain", "").with("Location", PATH));
    }

    @Override
    public void handle(HttpRequest request, Answering answering) {
        String name = request.path().substring(PATH.length());
        if (name.equals(SETTINGS)) {
            answering.accept(Answer.text(200, JSON, settings));
            return;
        }
        String codings = request.header(HeaderName.ACCEPT_ENCODING);
        boolean compressed = codings != null && AcceptEncoding.allowsGzip(codings);
        String known = request.header(HeaderName.IF_NONE_MATCH);
        CompletableFuture.supplyAsync(() -> Holder.FILES, workers)
                .thenApply(files -> answer(files, name, compressed, known))
                .exceptionally(ConsoleHandler::failed)
                .thenAccept(answering);
    }

    private static Answer answer(ConsoleFiles files, String name, boolean compressed, @Nullable String known) {
        ConsoleFile file = files.find(name);
        if (file == null) {
            return refused(ErrorCode.NOT_FOUND, "the console has no file " + Quoted.of(name));
        }
        String tag = file.entityTag(compressed);
        List<Answer.Field> fields =
                new ArrayList<>(List.of(REVALIDATE, VARIES, CONTENT_SECURITY, new Answer.Field("ETag", tag)));
        if (known != null && matches(known, tag)) {
            return new Answer(304, fields, null, null);
        }
        fields.add(new Answer.Field("Content-Type", file.contentType()));
        fields.add(new Answer.Field("Referrer-Policy", "no-referrer"));
        if (compressed) {
            fields.add(new Answer.Field("Content-Encoding", "gzip"));
        }
        return new Answer(200, fields, Unpooled.wrappedBuffer(file.bytes(compressed)), null);
    }

    /** Whether a list of entity tags contains {@code tag}; a weak one does as well (RFC 9110 section 13.1.2). */
    private static boolean matches(String known, String tag) {
        return Arrays.stream(known.split(",", -1))
                .map(each -> each.strip().replaceFirst("^W/", ""))
                .anyMatch(each -> each.equals(tag) || each.equals("*"));
    }

    private static Answer failed(Throwable fault) {
        LOG.error("the files of the console cannot be read", fault);
        return refused(ErrorCode.INTERNAL_ERROR, "the files of the console cannot be read");
    }

    private static Answer refused(ErrorCode code, String message) {
        Refusal refusal = Refusal.of(code, message);
        return Answer.text(refusal.code().status(), JSON, ErrorBody.of(refusal));
    }
}
