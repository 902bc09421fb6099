package io.streamkeeper.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamkeeper.server.config.ServerConfig;
import io.streamkeeper.server.security.Principal;
import io.streamkeeper.storage.memory.Budget;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SessionMemoryTest {
    private static final InetSocketAddress ONE = new InetSocketAddress(InetAddress.getLoopbackAddress(), 1);

    private final Budget heads = new Budget("heads", 64 << 10);
    private final SessionMemory.Room room =
            SessionMemory.Room.of(heads, ServerConfig.builder().build().limits().proxies());
    private final List<SessionMemory> held = new ArrayList<>();

    private int fill(@Nullable Principal principal, @Nullable InetSocketAddress peer) {
        int count = 0;
        SessionMemory memory = SessionMemory.reserve(room, principal, peer, 1 << 10);
        while (memory != null) {
            held.add(memory);
            count++;
            memory = SessionMemory.reserve(room, principal, peer, 1 << 10);
        }
        return count;
    }

    @Test
    void aClientLeavesTheSharesOfOthersAndAllLeaveTheHeads() {
        assertThat(fill(null, ONE)).isEqualTo(12);
        assertThat(fill(null, null)).isEqualTo(2);
        assertThat(fill(Principal.named("anna"), ONE)).isEqualTo(2);
        assertThat(fill(Principal.named("anna"), null)).isZero();
        assertThat(fill(Principal.named("ben"), null)).isZero();
        assertThat(heads.leftBytes()).isEqualTo(48 << 10);
        assertThat(held.get(0).tryGrow(1)).isFalse();
        held.get(0).release(1 << 9);
        held.forEach(SessionMemory::close);
        held.forEach(SessionMemory::close);
        assertThat(heads.usedBytes()).isZero();
        assertThat(room.budget().usedBytes()).isZero();
    }
}
