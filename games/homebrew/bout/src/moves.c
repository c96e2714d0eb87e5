#include "moves.h"

#include "art.h"

const struct move moves[MOVES] = {
    /*            st ac rc  dmg hs  bs push level     flags                     stop x0 x1 y0  y1  adv inv hits mtr */
    [MV_LP]    = { 3, 3, 6,  8, 14,  9, 40, MID,      F_CANCEL | F_CHAIN,         3, 8, 48, 48, 70,  0, 0, 1, 3, {POSE_WIND_PUNCH, POSE_PUNCH_LIGHT, POSE_WIND_PUNCH}},
    [MV_MP]    = { 5, 4, 10, 15, 20, 12, 48, MID,     F_CANCEL,                   5, 8, 54, 46, 70,  8, 0, 1, 5, {POSE_WIND_PUNCH, POSE_PUNCH_MID, POSE_WIND_PUNCH}},
    [MV_HP]    = { 9, 4, 20, 23, 22, 15, 64, MID,     0,                          8, 8, 60, 44, 70, 16, 0, 1, 7, {POSE_WIND_HEAVY, POSE_PUNCH_HEAVY, POSE_WIND_PUNCH}},
    [MV_LK]    = { 4, 3, 8,  7, 14,  9, 44, MID,      F_CANCEL | F_CHAIN,         3, 8, 54, 14, 40,  0, 0, 1, 3, {POSE_WIND_KICK, POSE_KICK_LOW, POSE_WIND_KICK}},
    [MV_MK]    = { 7, 4, 13, 16, 18, 12, 52, MID,     0,                          5, 8, 64, 34, 60,  0, 0, 1, 5, {POSE_WIND_KICK, POSE_KICK_MID, POSE_WIND_KICK}},
    [MV_HK]    = {11, 5, 22, 25, 24, 16, 72, MID,     F_KNOCKDOWN,                8, 8, 70, 50, 80, 12, 0, 1, 7, {POSE_WIND_KICK, POSE_KICK_HIGH, POSE_WIND_KICK}},
    [MV_CLP]   = { 3, 3, 6,  7, 14,  9, 40, MID,      F_CANCEL | F_CHAIN,         3, 8, 44, 28, 46,  0, 0, 1, 3, {POSE_CROUCH, POSE_CROUCH_PUNCH, POSE_CROUCH}},
    [MV_CMP]   = { 5, 4, 10, 14, 20, 12, 48, MID,     F_CANCEL,                   5, 8, 48, 28, 50,  0, 0, 1, 5, {POSE_CROUCH, POSE_CROUCH_PUNCH, POSE_CROUCH}},
    [MV_CHP]   = { 6, 7, 24, 22, 24, 15, 56, MID,     F_KNOCKDOWN,                8, 2, 42, 40,110,  0, 0, 1, 7, {POSE_CROUCH, POSE_UPPERCUT, POSE_WIND_PUNCH}},
    [MV_CLK]   = { 4, 3, 7,  7, 14,  9, 40, LOW,      F_CANCEL | F_CHAIN,         3, 8, 50,  0, 18,  0, 0, 1, 3, {POSE_CROUCH, POSE_CROUCH_KICK, POSE_CROUCH}},
    [MV_CMK]   = { 7, 4, 14, 14, 20, 12, 52, LOW,     F_CANCEL,                   5, 8, 62,  0, 20,  0, 0, 1, 5, {POSE_CROUCH, POSE_CROUCH_KICK, POSE_CROUCH}},
    [MV_CHK]   = {10, 4, 24, 19, 24, 15, 60, LOW,     F_KNOCKDOWN,                8, 8, 70,  0, 20,  8, 0, 1, 7, {POSE_CROUCH, POSE_SWEEP, POSE_CROUCH}},
    [MV_JLP]   = { 4,20,  0,  9, 14, 10, 40, OVERHEAD, 0,                         3, 0, 38, -4, 46,  0, 0, 1, 3, {POSE_JUMP, POSE_JUMP_PUNCH, POSE_JUMP}},
    [MV_JMP]   = { 5,14,  0, 14, 18, 13, 44, OVERHEAD, 0,                         5, 0, 42, -4, 46,  0, 0, 1, 5, {POSE_JUMP, POSE_JUMP_PUNCH, POSE_JUMP}},
    [MV_JHP]   = { 7,10,  0, 20, 22, 16, 52, OVERHEAD, 0,                         7, 0, 44, -6, 46,  0, 0, 1, 7, {POSE_JUMP, POSE_JUMP_PUNCH, POSE_JUMP}},
    [MV_JLK]   = { 4,20,  0,  8, 14, 10, 40, OVERHEAD, 0,                         3, 0, 42, -4, 34,  0, 0, 1, 3, {POSE_JUMP, POSE_JUMP_KICK, POSE_JUMP}},
    [MV_JMK]   = { 5,14,  0, 13, 18, 13, 44, OVERHEAD, 0,                         5, 0, 48, -4, 34,  0, 0, 1, 5, {POSE_JUMP, POSE_JUMP_KICK, POSE_JUMP}},
    [MV_JHK]   = { 7,10,  0, 20, 22, 16, 56, OVERHEAD, 0,                         7, 0, 52, -4, 34,  0, 0, 1, 7, {POSE_JUMP, POSE_JUMP_KICK, POSE_JUMP}},
    [MV_RUSH]  = {13, 7, 26, 18, 26, 15, 64, MID,     F_KNOCKDOWN | F_CHIP,       8, 0, 52, 30, 66, 88, 0, 1, 6, {POSE_WIND_HEAVY, POSE_RUSH, POSE_WIND_PUNCH}},
    [MV_RISE]  = { 4, 9, 38, 17, 26, 14, 48, MID,     F_KNOCKDOWN | F_CHIP | F_LAUNCH, 8, 0, 32, 20,112, 20, 6, 1, 6, {POSE_CROUCH, POSE_RISING, POSE_JUMP}},
    [MV_THROW] = { 4, 2, 22, 23, 40,  0, 40, GRAB,    F_KNOCKDOWN,               10, 0, 34,  0, 90,  0, 0, 1, 8, {POSE_WIND_PUNCH, POSE_THROW, POSE_THROW}},
    [MV_SUPER] = { 7,18, 30, 17, 30, 18, 40, MID,     F_KNOCKDOWN | F_CHIP,       8, 0, 58, 20, 84, 64, 9, 3, 0, {POSE_WIND_HEAVY, POSE_PUNCH_HEAVY, POSE_WIND_PUNCH}},
};

const struct character characters[4] = {
    {"KAI",   "THE STEADY", 32, 16, 16, 0, 15, 104},
    {"BRUNA", "THE SWIFT",  40, 14, 17, -2, 14, 112},
    {"TOLO",  "THE WALL",   27, 19, 14, 0, 18, 96},
    {"VEX",   "THE SHADOW", 33, 17, 17, 5, 15, 108},
};
