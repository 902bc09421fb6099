package io.streamkeeper.server.cli.remote;

import io.streamkeeper.client.api.StreamException;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** The commands that change the members of a cluster: each begins a change, and reports how far it is until its end. */
final class MemberCommands {
    private static final String PATH = "/admin/cluster/change";
    private static final Duration LOOK = Duration.ofMillis(500);

    private MemberCommands() {}

    /** A command that makes one change. */
    abstract static class Change implements Callable<Integer> {
        private final Console console;
        private String reported = "";

        @Mixin
        private AdminConnection connection = new AdminConnection();

        @SuppressWarnings("UnusedVariable")
        @Mixin
        private HelpFlag help = new HelpFlag();

        Change(Console console) {
            this.console = console;
        }

        /** The change as the server reads it. */
        abstract String text();

        @Override
        public final Integer call() throws IOException, InterruptedException {
            String query = "?change=" + URLEncoder.encode(text(), StandardCharsets.UTF_8);
            Map<String, Object> status = exchange("POST", PATH + query);
            while ("running".equals(status.get("status"))) {
                report(status);
                LockSupport.parkNanos(LOOK.toNanos());
                status = next(status);
            }
            return end(status);
        }

        /** The next state; the same if the leader changes at this moment. */
        private Map<String, Object> next(Map<String, Object> status) throws IOException, InterruptedException {
            try {
                return exchange("GET", PATH);
            } catch (StreamException.Unavailable e) {
                if (e.status() == 0) {
                    throw e;
                }
                return status;
            }
        }

        private Map<String, Object> exchange(String method, String target) throws IOException, InterruptedException {
            return JsonTree.object(connection.exchange(console.environment(), method, target));
        }

        private void report(Map<String, Object> status) {
            Object match = status.get("matchIndex");
            String text = match == null
                    ? "the change runs"
                    : "the new member has the log up to " + match + " of " + status.get("committedIndex");
            if (!text.equals(reported)) {
                console.say(text);
                reported = text;
            }
        }

        private int end(Map<String, Object> status) throws IOException, InterruptedException {
            if ("failed".equals(status.get("status"))) {
                console.say("the members have not changed: " + status.get("reason"));
                return ExitStatus.FAILED.number();
            }
            if (!text().equals(status.get("change"))) {
                console.say("the leader has changed meanwhile; see ds cluster status, and give the command again if the"
                        + " members have not changed");
                return ExitStatus.FAILED.number();
            }
            byte[] line = ("members: " + members() + "\n").getBytes(StandardCharsets.UTF_8);
            console.data().write(line, 0, line.length);
            return ExitStatus.DONE.number();
        }

        private String members() throws IOException, InterruptedException {
            Object members = exchange("GET", "/admin/cluster").get("members");
            return members instanceof List<?> list
                    ? list.stream()
                            .map(member -> String.valueOf(((Map<?, ?>) member).get("name")))
                            .collect(Collectors.joining(", "))
                    : "";
        }
    }

    /** Adds a member. */
    @Command(
            name = "add",
            description = "Adds a member, whose process runs with an empty data directory. It receives the log first.")
    static final class Add extends Change {
        @Parameters(paramLabel = "NAME=HOST:PORT", description = "As in --cluster; the name was never used before.")
        private String member = "";

        Add(Console console) {
            super(console);
        }

        @Override
        String text() {
            return "add " + member;
        }
    }

    /** Removes a member. */
    @Command(name = "remove", description = "Removes a member, whose process is ended after that.")
    static final class Remove extends Change {
        @Parameters(paramLabel = "NAME", description = "The member.")
        private String member = "";

        Remove(Console console) {
            super(console);
        }

        @Override
        String text() {
            return "remove " + member;
        }
    }

    /** Replaces a member. */
    @Command(
            name = "replace",
            description = "Replaces a member, for example one whose disk was lost, by a new one in a single step.")
    static final class Replace extends Change {
        @Parameters(index = "0", paramLabel = "OLD", description = "The member that is removed.")
        private String old = "";

        @Parameters(
                index = "1",
                paramLabel = "NEW=HOST:PORT",
                description = "The new one, which runs with an empty data directory; the name was never used before.")
        private String member = "";

        Replace(Console console) {
            super(console);
        }

        @Override
        String text() {
            return "replace " + old + " by " + member;
        }
    }
}
