<?php

// The vendor's endpoints over a SQL table, one request at a time, as PHP runs them. nginx passes
// the settings: where the database is, and how this server differs from the others.

require __DIR__ . '/answers.php';
require __DIR__ . '/lists.php';
require __DIR__ . '/rows.php';

if (!hash_equals($_SERVER['LINER_KEY'], $_SERVER['HTTP_X_API_KEY'] ?? '')) {
    refuse(401, 'Unauthorized');
}

$path = parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH);

switch ($path) {
    case '/v2/order/':
        answer(page(connect(), 'orders', 'order_row'));
    case '/v2/lead/':
        [$where, $values] = conditions(['created_at'], ['orderIds' => 'order_id', 'statusIds' => 'status_id']);
        answer(page(connect(), 'leads', 'lead_row', $where, $values));
    case '/v2/call/':
        if (empty($_GET['leadIds']) && empty($_GET['orderIds'])) {
            refuse(422, 'Either leadIds or orderIds is required');
        }
        [$where, $values] = conditions(['created_at'], ['leadIds' => 'lead_id', 'orderIds' => 'order_id', 'userIds' => 'user_id']);
        answer(page(connect(), 'calls', 'call_row', $where, $values));
    case '/v2/user/list/':
        [$where, $values] = conditions([], ['accessGroup' => 'access_group', 'isActive' => 'is_active']);
        answer(page(connect(), 'users', 'user_row', $where, $values));
    case '/v2/lead-status/':
        answer(everything(connect(), 'lead_statuses', 'lead_status_row'));
}
if (preg_match('~^/v2/lead/detail/(\d+)/$~', $path, $found)) {
    $rows = everything(connect(), 'leads', 'lead_row', 'id = ?', [$found[1]]);
    $rows ? answer($rows[0]) : refuse(404, 'Lead not found');
}
refuse(404, 'Not found');
