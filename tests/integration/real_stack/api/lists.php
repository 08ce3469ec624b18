<?php

// A page is two queries without a transaction: the table may change between them.

function connect(): PDO
{
    $options = [PDO::ATTR_ERRMODE => PDO::ERRMODE_EXCEPTION, PDO::ATTR_TIMEOUT => 10];
    return new PDO($_SERVER['LINER_DSN'], 'root', '', $options);
}

function page(PDO $pdo, string $table, callable $hydrate, string $where = '1=1', array $values = []): array
{
    $offset = integer('offset', 0, 0, PHP_INT_MAX);
    $limit = integer('limit', 50, 1, 100);

    $count = function () use ($pdo, $table, $where, $values): int {
        $query = $pdo->prepare("SELECT COUNT(*) FROM $table WHERE $where");
        $query->execute($values);
        return (int) $query->fetchColumn();
    };
    $select = function () use ($pdo, $table, $where, $values, $hydrate, $offset, $limit): array {
        $sort = $_SERVER['LINER_SORT'];
        $query = $pdo->prepare(
            "SELECT * FROM $table WHERE $where ORDER BY $sort LIMIT $limit OFFSET $offset"
        );
        $query->execute($values);
        return array_map($hydrate, $query->fetchAll(PDO::FETCH_ASSOC));
    };

    if ($_SERVER['LINER_FIRST_QUERY'] === 'count') {
        $total = $count();
        usleep((int) $_SERVER['LINER_GAP']);
        $list = $select();
    } else {
        $list = $select();
        usleep((int) $_SERVER['LINER_GAP']);
        $total = $count();
    }
    return ['list' => $list, 'next' => $offset + $limit, 'total' => $total];
}

function everything(PDO $pdo, string $table, callable $hydrate, string $where = '1=1', array $values = []): array
{
    $query = $pdo->prepare("SELECT * FROM $table WHERE $where ORDER BY id");
    $query->execute($values);
    return array_map($hydrate, $query->fetchAll(PDO::FETCH_ASSOC));
}

/** The filters of a query string, as SQL: periods include both ends, as the database has them. */
function conditions(array $periods, array $choices): array
{
    $parts = ['1=1'];
    $values = [];
    foreach ($periods as $column) {
        $period = $_GET['createdAt'] ?? [];
        if (!is_array($period)) {
            refuse(400, 'Parameter createdAt must be an array');
        }
        foreach ($period as $end => $time) {
            if (($seconds = strtotime($time)) === false) {
                refuse(400, 'Parameter createdAt must hold dates');
            }
            $parts[] = $column . ($end === 0 ? ' >= ?' : ' <= ?');
            $values[] = gmdate('Y-m-d H:i:s', $seconds);
        }
    }
    foreach ($choices as $parameter => $column) {
        if (isset($_GET[$parameter])) {
            $chosen = (array) $_GET[$parameter];
            $parts[] = "$column IN (" . implode(', ', array_fill(0, count($chosen), '?')) . ')';
            array_push($values, ...$chosen);
        }
    }
    return [implode(' AND ', $parts), $values];
}
