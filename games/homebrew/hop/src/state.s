; The state that others read, at addresses that do not change: README.md and memory.py list them.
; All of it is cleared at power-on. Words are little-endian.

        .segment "STATE"

        .export _state, _level, _lives, _coins, _score, _time, _frame_counter, _late_frames
        .export _hero_x, _hero_x_sub, _hero_y_sub, _hero_y, _hero_vx, _hero_vy, _on_ground, _facing
        .export _death, _flag_reached, _camera, _level_width, _flag_x, _state_timer, _start_level, _rng
        .export _power, _chain, _deaths, _best_x, _levels_done, _pad, _pad_new, _hurt_timer
        .export _enemy_type, _enemy_mode, _enemy_x, _enemy_y, _enemy_vx, _enemy_vy, _enemy_timer
        .export _item_type, _item_x, _item_y, _item_timer, _pit_ahead, _wall_ahead

; $0300
_state:         .res 1
_level:         .res 1
_lives:         .res 1
_coins:         .res 1
_score:         .res 4
; $0308
_time:          .res 2
_frame_counter: .res 4
_late_frames:   .res 2
; $0310
_hero_x:        .res 2
_hero_y:        .res 2
_hero_x_sub:    .res 1
_hero_y_sub:    .res 1
_hero_vx:       .res 2
; $0318
_hero_vy:       .res 2
_on_ground:     .res 1
_facing:        .res 1
_death:         .res 1
_flag_reached:  .res 1
_camera:        .res 2
; $0320
_level_width:   .res 2
_flag_x:        .res 2
_state_timer:   .res 2
_rng:           .res 2
; $0328
_best_x:        .res 2
_start_level:   .res 1
_power:         .res 1
_chain:         .res 1
_deaths:        .res 1
_levels_done:   .res 1
_hurt_timer:    .res 1
; $0330
_pad:           .res 1
_pad_new:       .res 1
_pit_ahead:     .res 1
_wall_ahead:    .res 1
                .res 12
; $0340
_enemy_type:    .res 8
_enemy_mode:    .res 8
_enemy_x:       .res 16
_enemy_y:       .res 8
_enemy_vx:      .res 8
_enemy_vy:      .res 8
_enemy_timer:   .res 8
; $0380
_item_type:     .res 4
_item_timer:    .res 4
_item_x:        .res 8
_item_y:        .res 4
