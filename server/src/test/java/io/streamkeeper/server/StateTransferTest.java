package io.streamkeeper.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.streamkeeper.client.api.AppendOptions;
import io.streamkeeper.client.api.Content;
import io.streamkeeper.client.api.CreateOptions;
import io.streamkeeper.protocol.output.MayLogFaults;
import io.streamkeeper.storage.disk.LocalDisk;
import io.streamkeeper.storage.tool.StoreBackup;
import io.streamkeeper.storage.tool.StoreVerifier;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Members that are too far behind receive the state of another one. */
@Timeout(240)
@MayLogFaults({"was abandoned: {}", "is too far behind", "the state of the cluster is not received yet: {}"})
class StateTransferTest {
    private static final int MIB = 1 << 20;
    /** Much more than two files of the log have. */
    private static final int APPENDS = 80;

    private static final Duration PATIENCE = Duration.ofSeconds(90);

    @TempDir
    Path folder;

    private final Random random = new Random(1);

    @Test
    void aMemberThatWasAwayForLongerThanTheLogIsKeptReceivesTheState() throws Exception {
        try (MembersInJvm members = new MembersInJvm(folder).keepingLog(1)) {
            members.startAll();
            List<String> paths = fill(members, 4);
            members.awaitEqual(paths);
            String away = members.follower();
            members.end(away);
            paths.addAll(fill(members, APPENDS));
            append(members, paths.get(0));
            members.start(away);
            awaitState(members, away);
            assertThat(members.member(away).notReady())
                    .contains("is too far behind")
                    .contains("starts again");
            members.end(away);
            members.start(away);
            members.awaitEqual(paths);
            append(members, paths.get(1));
            members.awaitEqual(paths);
            assertThat(folder.resolve(away).resolve("cluster/incoming")).doesNotExist();
            for (String name : MembersInJvm.NAMES) {
                Path outgoing = folder.resolve(name).resolve("cluster/outgoing");
                assertThat(outgoing.toFile().list()).as(name).isNullOrEmpty();
            }
        }
    }

    @Test
    void verifyChecksTheExtentsOfAMemberAndBackupRefusesIt() throws Exception {
        try (MembersInJvm members = new MembersInJvm(folder)) {
            members.startAll();
            members.awaitEqual(fill(members, 4));
        }
        Path directory = folder.resolve("n1");
        List<String> lines = new ArrayList<>();
        assertThat(new StoreVerifier(new LocalDisk(), lines::add).verify(directory))
                .isEmpty();
        assertThat(lines).anyMatch(line -> line.endsWith("of a member of a cluster"));
        assertThatThrownBy(() -> new StoreBackup(new LocalDisk(), lines::add).copy(directory, folder.resolve("to")))
                .hasMessageContaining("is the data directory of a member of a cluster");
        Path extent = extentOf(directory);
        byte[] bytes = Files.readAllBytes(extent);
        bytes[bytes.length / 2] ^= 1;
        Files.write(extent, bytes);
        assertThat(new StoreVerifier(new LocalDisk(), lines::add).verify(directory))
                .hasSize(1);
    }

    private static Path extentOf(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(file -> file.toString().endsWith(".ext"))
                    .max(Comparator.comparingLong(file -> file.toFile().length()))
                    .orElseThrow();
        }
    }

    private static void awaitState(MembersInJvm members, String name) {
        AtomicBoolean isReceived = new AtomicBoolean();
        members.member(name).whenStateIsReceived(() -> isReceived.set(true));
        await().atMost(PATIENCE).untilTrue(isReceived);
    }

    /** Appends so many MiB to new streams, some of which are forks, or deleted; returns those that exist. */
    private List<String> fill(MembersInJvm members, int mebibytes) throws InterruptedException {
        List<String> paths = new ArrayList<>();
        String path = "";
        for (int each = 0; each < mebibytes; each++) {
            if (each % 8 == 0) {
                path = "s" + random.nextInt(1_000_000);
                String created = path;
                CreateOptions options = paths.isEmpty() || random.nextBoolean()
                        ? CreateOptions.text()
                        : CreateOptions.forkOf(paths.get(random.nextInt(paths.size())));
                members.atLeader(streams -> streams.create(created, options));
                paths.add(path);
            }
            append(members, path);
        }
        return paths;
    }

    private void append(MembersInJvm members, String path) {
        String text = Integer.toString(random.nextInt(10_000)).repeat(MIB / 4);
        members.atLeader(streams -> streams.append(path, Content.text(text), AppendOptions.none()));
    }
}
