package io.streamkeeper.server.cli.remote;

import io.streamkeeper.client.api.ListOptions;
import io.streamkeeper.client.api.StreamEntry;
import io.streamkeeper.client.api.StreamPage;
import io.streamkeeper.client.http.BlockingRemoteStreams;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Lists streams. */
@Command(
        name = "ls",
        description = "Lists streams in the order of their paths, one a line, page by page as the server returns them.")
final class ListCommand extends RemoteCommand {
    @Parameters(
            arity = "0..1",
            paramLabel = "PREFIX",
            description = "Only streams whose paths begin with it, such as chat/. Default: all")
    private String prefix = "";

    @Option(
            names = {"-d", "--level"},
            description = "One level of the tree: streams below a further slash are one line, such as chat/rooms/.")
    private boolean level;

    @Option(
            names = {"-l", "--long"},
            description = "Also the stored bytes, the time of creation, whether it is closed, and the content type.")
    private boolean isLong;

    @Option(names = "--json", description = "Each line is a JSON object with all properties.")
    private boolean json;

    @Option(names = "--after", paramLabel = "PATH", description = "Only what comes after this path in the order.")
    private @Nullable String after;

    @Option(names = "--limit", paramLabel = "N", description = "At most so many lines. Default: all")
    private @Nullable Long limit;

    ListCommand(Console console) {
        super(console);
    }

    @Override
    void run(BlockingRemoteStreams streams) throws IOException, InterruptedException {
        if (isLong && json) {
            throw new IllegalArgumentException("--long and --json were both given; expected one of them");
        }
        if (limit != null && limit < 1) {
            throw new IllegalArgumentException("--limit is " + limit + "; expected 1 or more");
        }
        ListFormat format = json ? ListFormat.JSON : isLong ? ListFormat.LONG : ListFormat.PATHS;
        long left = limit == null ? Long.MAX_VALUE : limit;
        String next = after;
        do {
            StreamPage page = streams.list(options(next, left));
            print(page, format);
            left -= page.streams().size() + page.groups().size();
            next = page.next();
        } while (next != null && left > 0);
        if (next != null) {
            console().say("more streams follow; continue with --after '" + next + "'");
        }
    }

    private ListOptions options(@Nullable String from, long left) {
        ListOptions options = ListOptions.below(prefix).limit((int) Math.min(left, ListOptions.LIMIT_MAX));
        options = level ? options.grouped() : options;
        return from == null ? options : options.after(from);
    }

    /** Prints the streams and the groups in their common order, which is that of their bytes. */
    private void print(StreamPage page, ListFormat format) throws IOException {
        StringBuilder lines = new StringBuilder();
        List<String> groups = page.groups();
        int printed = 0;
        for (StreamEntry stream : page.streams()) {
            while (printed < groups.size() && isBefore(groups.get(printed), stream.path())) {
                line(lines, format.group(groups.get(printed++)));
            }
            line(lines, format.stream(stream));
        }
        while (printed < groups.size()) {
            line(lines, format.group(groups.get(printed++)));
        }
        OutputStream data = console().data();
        data.write(lines.toString().getBytes(StandardCharsets.UTF_8));
    }

    private static void line(StringBuilder lines, String item) {
        lines.append(ControlCharacters.escaped(item)).append('\n');
    }

    private static boolean isBefore(String a, String b) {
        return Arrays.compareUnsigned(a.getBytes(StandardCharsets.UTF_8), b.getBytes(StandardCharsets.UTF_8)) < 0;
    }
}
