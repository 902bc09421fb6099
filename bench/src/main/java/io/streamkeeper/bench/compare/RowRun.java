package io.streamkeeper.bench.compare;

import io.streamkeeper.bench.peer.Peer;
import io.streamkeeper.bench.peer.RunningPeer;
import io.streamkeeper.bench.report.Page;
import io.streamkeeper.bench.report.Report;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** Runs one row: in each round every server in turn, in alternating order. */
final class RowRun {
    private static final long DISK_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final int COUNT_SECONDS = 3;
    private static final int COUNT_MARGIN_SECONDS = 1;

    private final Row row;
    private final CompareConfig config;
    private final Report report;

    RowRun(Row row, CompareConfig config, Report report) {
        this.row = row;
        this.config = config;
        this.report = report;
    }

    void run(List<Peer> peers, Page page) throws IOException, InterruptedException {
        List<RunningPeer> running = new ArrayList<>();
        List<PeerRounds> servers = new ArrayList<>();
        try {
            for (Peer peer : peers) {
                if (peer.isFloor() && row.isPaced()) {
                    continue;
                }
                running.add(RunningPeer.start(peer, config.directory()));
                PeerRounds server = new PeerRounds(running.get(running.size() - 1), row.kind(), row.spec());
                servers.add(server);
                server.prepare(TimeUnit.SECONDS.toNanos(config.warmUpSeconds()));
            }
            double diskBefore = DiskRate.syncsPerSecond(config.directory(), DISK_NANOS);
            for (int round = 0; round < config.rounds(); round++) {
                for (int turn = 0; turn < servers.size(); turn++) {
                    int index = round % 2 == 0 ? turn : servers.size() - 1 - turn;
                    servers.get(index).round(TimeUnit.SECONDS.toNanos(config.seconds()));
                }
            }
            double diskAfter = DiskRate.syncsPerSecond(config.directory(), DISK_NANOS);
            if (config.countsSyncs()) {
                for (PeerRounds server : servers) {
                    countSyncs(server);
                }
            }
            new RowReport(row, servers).print(report, page, diskBefore, diskAfter);
        } finally {
            servers.forEach(PeerRounds::close);
            RunningPeer.closeAll(running);
        }
    }

    /** Counts the syncs of a server under load. */
    private static void countSyncs(PeerRounds server) throws InterruptedException {
        if (server.pid() == 0 || !server.failure().isEmpty()) {
            return;
        }
        ExecutorService counter = Executors.newSingleThreadExecutor();
        try {
            Future<Long> syncs =
                    counter.submit(() -> SyncCounter.count(server.pid(), COUNT_SECONDS + 2 * COUNT_MARGIN_SECONDS));
            TimeUnit.SECONDS.sleep(COUNT_MARGIN_SECONDS);
            server.runWhileCounting(TimeUnit.SECONDS.toNanos(COUNT_SECONDS), syncs);
        } finally {
            counter.shutdownNow();
        }
    }
}
