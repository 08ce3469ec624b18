<?php

// From the columns of a table to the vendor's fields.

function iso(?string $time): ?string
{
    return $time === null ? null : gmdate('Y-m-d\TH:i:s\Z', strtotime("$time UTC"));
}

function decoded(string $json): mixed
{
    return json_decode($json, true); // an empty map is an empty array from here on
}

function flag(mixed $value): ?bool
{
    return $value === null ? null : (bool) $value;
}

function order_row(array $row): array
{
    return [
        'id' => (int) $row['id'],
        'code' => $row['code'],
        'serviceTitle' => $row['service_title'],
        'title' => $row['title'],
        'callSchedule' => decoded($row['call_schedule']),
        'callHolidayOverrides' => decoded($row['call_holiday_overrides']),
        'autoDialingEnabled' => flag($row['auto_dialing_enabled']),
        'predictiveModeEnabled' => flag($row['predictive_mode_enabled']),
        'aiModeEnabled' => flag($row['ai_mode_enabled']),
        'standaloneAiModeEnabled' => flag($row['standalone_ai_mode_enabled']),
        'aiModePrompt' => $row['ai_mode_prompt'],
        'aiModeFirstPhrase' => $row['ai_mode_first_phrase'],
        'aiDefaultLanguage' => $row['ai_default_language'],
        'amdDetectionEnabled' => flag($row['amd_detection_enabled']),
        'callRecordRule' => $row['call_record_rule'],
        'callCenterPhone' => $row['call_center_phone'],
        'additionalCallCenterPhones' => decoded($row['additional_call_center_phones']),
        'sipEndpointUsageScheme' => $row['sip_endpoint_usage_scheme'],
        'agentUserIds' => decoded($row['agent_user_ids']),
        'agentGroupIds' => decoded($row['agent_group_ids']),
        'showLeadContactsToAgent' => flag($row['show_lead_contacts_to_agent']),
        'callAttemptsGroupId' => $row['call_attempts_group_id'],
        'qualifiedLeadsPerDayLimit' => $row['qualified_leads_per_day_limit'],
        'callScenarioId' => $row['call_scenario_id'],
        'leadTransformEnabled' => flag($row['lead_transform_enabled']),
        'leadsPriority' => $row['leads_priority'],
        'status' => $row['status'],
        'speechRecognitionEnabled' => flag($row['speech_recognition_enabled']),
        'ignoreLeadTimezone' => flag($row['ignore_lead_timezone']),
        'sipEndpointIds' => decoded($row['sip_endpoint_ids']),
        'customValues' => decoded($row['custom_values']),
        'createdAt' => iso($row['created_at']),
        'updatedAt' => iso($row['updated_at']),
    ];
}

// The other tables have fewer columns that SQL cannot hold as the API writes them.

function renamed(array $row): array
{
    $names = array_map(
        fn (string $column) => lcfirst(str_replace('_', '', ucwords($column, '_'))),
        array_keys($row)
    );
    return array_combine($names, $row);
}

function lead_row(array $row): array
{
    return [
        'isSecondary' => flag($row['is_secondary']),
        'planningCallDateTime' => iso($row['planning_call_date_time']),
        'customValues' => decoded($row['custom_values']),
        'createdAt' => iso($row['created_at']),
        'updatedAt' => iso($row['updated_at']),
    ] + renamed($row);
}

function call_row(array $row): array
{
    return [
        'isPredictive' => flag($row['is_predictive']),
        'hasRecords' => flag($row['has_records']),
        'createdAt' => iso($row['created_at']),
    ] + renamed($row);
}

function user_row(array $row): array
{
    return [
        'isActive' => flag($row['is_active']),
        'webRtcEnabled' => flag($row['web_rtc_enabled']),
        'languageSkillCodes' => decoded($row['language_skill_codes']),
        'telegramNotificationsEnabled' => flag($row['telegram_notifications_enabled']),
        'emailNotificationsEnabled' => flag($row['email_notifications_enabled']),
        'lastLoginAt' => iso($row['last_login_at']),
        'lastActivityAt' => iso($row['last_activity_at']),
        'createdAt' => iso($row['created_at']),
    ] + renamed($row);
}

function lead_status_row(array $row): array
{
    return ['isSystem' => flag($row['is_system'])] + renamed($row);
}
