package io.streamkeeper.bench.footprint;

import io.streamkeeper.bench.footprint.FootprintConfig.Part;
import io.streamkeeper.bench.footprint.Samples.Figure;
import io.streamkeeper.bench.peer.Peer;
import io.streamkeeper.bench.peer.RunningPeer;
import io.streamkeeper.bench.report.Page;
import io.streamkeeper.bench.report.Report;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** Measures the start time of servers and their memory, each part on new processes, and the servers in turn. */
public final class Footprint {
    /** Its name as a row of a comparison. */
    public static final String NAME = "footprint";

    private final FootprintConfig config;
    private final Report report;

    public Footprint(FootprintConfig config, Report report) {
        this.config = config;
        this.report = report;
    }

    /** A measurement on one server. */
    private interface Measuring {
        void run(RunningPeer peer, Samples samples) throws IOException, InterruptedException;
    }

    /** Measures those servers that scripts start, and adds the table to the page. */
    public void run(List<Peer> peers, Page page) throws IOException, InterruptedException {
        List<Peer> started = peers.stream().filter(Peer::hasScript).toList();
        List<Samples> samples = started.stream().map(peer -> new Samples()).toList();
        FootprintParts parts = new FootprintParts(config);
        measure(Part.START, config.starts(), started, samples, parts::start);
        measure(Part.LOAD, config.rounds(), started, samples, parts::append);
        measure(Part.LOAD, config.rounds(), started, samples, parts::mixed);
        measure(Part.STREAMS, config.rounds(), started, samples, parts::streams);
        measure(Part.SUBSCRIBERS, config.rounds(), started, samples, parts::subscribers);
        print(started, samples, page);
    }

    private void measure(Part part, int rounds, List<Peer> peers, List<Samples> samples, Measuring measuring)
            throws IOException, InterruptedException {
        for (int round = 0; round < rounds && config.parts().contains(part); round++) {
            for (int turn = 0; turn < peers.size(); turn++) {
                int index = round % 2 == 0 ? turn : peers.size() - 1 - turn;
                Peer peer = peers.get(index);
                if (peer.isFloor() && part != Part.START) {
                    continue;
                }
                try (RunningPeer running = RunningPeer.start(peer, config.directory())) {
                    measuring.run(running, samples.get(index));
                } catch (IOException e) {
                    report.print(
                            "%s failed with %s: %s", peer.name(), part.name().toLowerCase(Locale.ROOT), e);
                }
            }
        }
    }

    private void print(List<Peer> peers, List<Samples> samples, Page page) {
        List<Figure> figures = Stream.of(Figure.values())
                .filter(figure -> samples.stream().anyMatch(each -> each.has(figure)))
                .toList();
        List<String> columns = new ArrayList<>(List.of("server"));
        figures.forEach(figure -> columns.add(figure.title()));
        List<List<String>> cells = new ArrayList<>();
        for (int i = 0; i < peers.size(); i++) {
            List<String> line = new ArrayList<>(List.of(peers.get(i).name()));
            Samples found = samples.get(i);
            figures.forEach(figure -> line.add(found.text(figure)));
            cells.add(line);
            found.put(report.root().add(NAME).put("server", peers.get(i).name()));
        }
        String title = String.format(
                Locale.ROOT,
                "%s: %d starts, else %d rounds, with %,d streams and %,d subscribers; resident memory, medians (ranges)",
                NAME,
                config.starts(),
                config.rounds(),
                config.streams(),
                config.subscribers());
        report.print("%n%s", title);
        report.table(columns, cells);
        page.heading(title).table(columns, cells);
    }
}
