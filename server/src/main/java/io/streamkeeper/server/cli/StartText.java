package io.streamkeeper.server.cli;

import io.netty.util.NetUtil;
import io.streamkeeper.server.DurableStreamsServer;
import io.streamkeeper.server.metrics.Build;
import java.util.ArrayList;
import java.util.List;

/** What a server prints when it is ready: its addresses, who may use it, what it stores where, and what to try first. */
final class StartText {
    private StartText() {}

    static List<String> lines(DurableStreamsServer server) {
        List<String> lines = new ArrayList<>();
        lines.add("Streamkeeper " + Build.version() + " is ready on " + server.url());
        server.adminAddress()
                .ifPresent(address ->
                        lines.add("Administration is on http://" + NetUtil.toSocketAddressString(address) + "/"));
        lines.add(access(server));
        lines.add("Data: " + server.storage());
        lines.add("Process: " + ProcessHandle.current().pid() + ", Java " + Runtime.version() + ", "
                + System.getProperty("os.name") + " " + System.getProperty("os.arch"));
        lines.add("Memory: " + server.limits());
        server.consoleUrl().ifPresent(url -> lines.add("Console: " + url));
        lines.add("Try: " + firstCommand(server));
        return lines;
    }

    private static String access(DurableStreamsServer server) {
        if (server.isOpenToAll()) {
            return "Everybody who can reach this address may read, write and delete all streams: --allow-anonymous";
        }
        return server.authenticates()
                ? "Access: clients that authenticate themselves, as far as the rules allow"
                : "Access: every program of this machine, without authentication";
    }

    private static String firstCommand(DurableStreamsServer server) {
        return "curl -i -X PUT -H 'Content-Type: text/plain' "
                + (server.authenticates() ? "-H \"Authorization: Bearer $TOKEN\" " : "") + "-d hello " + server.url()
                + "hello";
    }
}
